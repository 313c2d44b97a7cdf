/** The sentences of a provider's pages. What is proper to one provider is in its definition. */
import type { Translated } from '../../src/kernel/languages.ts'

export const wording = {
  signIn: { fr: 'Connexion', en: 'Sign in', ar: 'تسجيل الدخول' },
  askedBy: {
    fr: 'Garant vous envoie ici pour confirmer votre identité.',
    en: 'Garant sent you here to confirm your identity.',
    ar: 'أرسلك «غارانت» إلى هنا لتأكيد هويتك.',
  },
  password: { fr: 'Mot de passe', en: 'Password', ar: 'كلمة المرور' },
  submit: { fr: 'Se connecter', en: 'Sign in', ar: 'دخول' },
  wrongPassword: {
    fr: 'Identifiant ou mot de passe incorrect. Vérifiez votre saisie et recommencez.',
    en: 'Wrong username or password. Check what you typed and try again.',
    ar: 'المعرّف أو كلمة المرور غير صحيحة. تحقق مما كتبت ثم أعد المحاولة.',
  },
  forgotten: { fr: 'Mot de passe oublié ?', en: 'Forgotten password?', ar: 'نسيت كلمة المرور؟' },
  register: { fr: 'Créer un compte', en: 'Create an account', ar: 'إنشاء حساب' },
  help: { fr: 'Aide et contact', en: 'Help and contact', ar: 'مساعدة واتصال' },
  back: { fr: 'Revenir à Garant', en: 'Return to Garant', ar: 'العودة إلى «غارانت»' },
  testAccounts: { fr: 'Identités de test', en: 'Test identities', ar: 'هويات تجريبية' },
  testPassword: { fr: 'Mot de passe pour toutes :', en: 'Password for all:', ar: 'كلمة المرور للجميع:' },
  second: { fr: 'Deuxième étape', en: 'Second step', ar: 'الخطوة الثانية' },
  codeAsk: {
    fr: 'Saisissez le code affiché par l’appareil que vous avez enregistré.',
    en: 'Type the code shown by the device that you registered.',
    ar: 'أدخل الرمز الظاهر على جهازك المسجَّل.',
  },
  code: { fr: 'Code à 6 chiffres', en: '6-digit code', ar: 'رمز من 6 أرقام' },
  wrongCode: {
    fr: 'Ce code n’est pas le bon. Recopiez celui qui est affiché.',
    en: 'This code is not the right one. Copy the one shown.',
    ar: 'هذا الرمز غير صحيح. انسخ الرمز الظاهر.',
  },
  confirm: { fr: 'Valider', en: 'Confirm', ar: 'تأكيد' },
  approvalAsk: {
    fr: 'Vérifiez que l’application affiche le même nombre, puis approuvez.',
    en: 'Check that the app shows the same number, then approve.',
    ar: 'تأكد أن التطبيق يعرض الرقم نفسه ثم وافق.',
  },
  number: { fr: 'Nombre affiché ici', en: 'Number shown here', ar: 'الرقم الظاهر هنا' },
  approve: { fr: 'Approuver', en: 'Approve', ar: 'موافقة' },
  deviceCaption: {
    fr: 'Appareil simulé : dans la vraie vie, il est dans votre poche.',
    en: 'Simulated device: in real life it is in your pocket.',
    ar: 'جهاز محاكى: في الواقع هو في جيبك.',
  },
  signedInAs: { fr: 'Session ouverte :', en: 'Signed in as', ar: 'جلسة مفتوحة باسم' },
  noSession: {
    fr: 'Personne n’est connecté ici dans ce navigateur.',
    en: 'Nobody is signed in here in this browser.',
    ar: 'لا أحد متصل هنا في هذا المتصفح.',
  },
  signOut: { fr: 'Se déconnecter', en: 'Sign out', ar: 'تسجيل الخروج' },
  signOutAsk: {
    fr: 'Voulez-vous fermer votre session ?',
    en: 'Do you want to close your session?',
    ar: 'هل تريد إغلاق جلستك؟',
  },
  signedOut: { fr: 'Vous êtes déconnecté.', en: 'You are signed out.', ar: 'تم تسجيل خروجك.' },
  welcome: {
    fr: 'Cet organisme confirme votre identité auprès des services qui lui font confiance.',
    en: 'This organisation confirms your identity to the services that trust it.',
    ar: 'تؤكد هذه الهيئة هويتك لدى الخدمات التي تثق بها.',
  },
  expired: {
    fr: 'Cette page a expiré, ou la connexion a commencé dans un autre navigateur. Reprenez depuis le service.',
    en: 'This page has expired, or the sign-in began in another browser. Start again from the service.',
    ar: 'انتهت صلاحية هذه الصفحة أو بدأ الدخول في متصفح آخر. أعد البدء من الخدمة.',
  },
  problem: { fr: 'La connexion ne peut pas continuer', en: 'The sign-in cannot go on', ar: 'لا يمكن متابعة الدخول' },
  helpText: {
    fr: 'Un vrai fournisseur d’identité répondrait ici, par téléphone et par écrit, aux questions sur votre compte.',
    en: 'A real identity provider would answer here, by phone and in writing, questions about your account.',
    ar: 'هنا يجيب مزوّد هوية حقيقي، هاتفيًا وكتابيًا، عن أسئلتك حول حسابك.',
  },
  registerText: {
    fr: 'Un vrai fournisseur d’identité vous inscrirait ici et vérifierait qui vous êtes. Dans cette démonstration, les comptes existent déjà : prenez l’une des identités de test.',
    en: 'A real identity provider would enrol you here and check who you are. In this demonstration the accounts exist already: take one of the test identities.',
    ar: 'هنا يسجّلك مزوّد هوية حقيقي ويتحقق منك. في هذا العرض الحسابات موجودة سلفًا: اختر هوية تجريبية.',
  },
  forgottenText: {
    fr: 'Un vrai fournisseur d’identité vous aiderait ici à retrouver l’accès à votre compte. Dans cette démonstration, le mot de passe est le même pour tous les comptes.',
    en: 'A real identity provider would help you here to recover your account. In this demonstration all accounts have the same password.',
    ar: 'هنا يساعدك مزوّد هوية حقيقي على استعادة حسابك. في هذا العرض كلمة المرور واحدة لجميع الحسابات.',
  },
} as const satisfies Record<string, Translated>
