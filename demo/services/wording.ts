/** The sentences that all services share. What is proper to one is in its definition. */
import type { Translated } from '../../src/kernel/languages.ts'

export const wording = {
  signInWith: { fr: 'S’identifier avec Garant', en: 'Sign in with Garant', ar: 'الدخول عبر «غارانت»' },
  explain: {
    fr: 'Garant confirme qui vous êtes avec un compte que vous avez déjà.',
    en: 'Garant confirms who you are with an account you already have.',
    ar: 'يؤكد «غارانت» هويتك بحساب تملكه مسبقًا.',
  },
  what: { fr: 'Qu’est-ce que Garant ?', en: 'What is Garant?', ar: 'ما هو «غارانت»؟' },
  otherWay: {
    fr: 'Sans Garant : au guichet ou par courrier, pour les mêmes démarches.',
    en: 'Without Garant: at the counter or by letter, for the same procedures.',
    ar: 'دون «غارانت»: في الشباك أو بالبريد، للإجراءات نفسها.',
  },
  toSpace: { fr: 'Ouvrir mon espace', en: 'Open my space', ar: 'فتح فضائي' },
  hello: { fr: 'Bonjour', en: 'Hello', ar: 'مرحبًا' },
  account: { fr: 'Mon compte', en: 'My account', ar: 'حسابي' },
  signOut: { fr: 'Se déconnecter', en: 'Sign out', ar: 'تسجيل الخروج' },
  developers: { fr: 'Développeurs', en: 'Developers', ar: 'للمطورين' },
  signedOut: { fr: 'Vous êtes déconnecté', en: 'You are signed out', ar: 'تم تسجيل خروجك' },
  signedOutText: {
    fr: 'Votre session ici est fermée.',
    en: 'Your session here is closed.',
    ar: 'أُغلقت جلستك هنا.',
  },
  home: { fr: 'Accueil', en: 'Home', ar: 'الصفحة الرئيسية' },
  retry: { fr: 'Recommencer', en: 'Try again', ar: 'إعادة المحاولة' },
  accountNumber: { fr: 'Numéro de compte', en: 'Account number', ar: 'رقم الحساب' },
  accountNumberNote: {
    fr: 'C’est le seul identifiant que Garant donne à ce service. Un autre service en reçoit un autre.',
    en: 'It is the only identifier that Garant gives to this service. Another service gets another one.',
    ar: 'هذا هو المعرّف الوحيد الذي يعطيه «غارانت» لهذه الخدمة. وتتلقى خدمة أخرى معرّفًا آخر.',
  },
  name: { fr: 'Nom', en: 'Name', ar: 'الاسم' },
  email: { fr: 'Courriel', en: 'E-mail', ar: 'البريد الإلكتروني' },
  level: { fr: 'Niveau de garantie', en: 'Assurance level', ar: 'مستوى الضمان' },
  since: { fr: 'Authentification', en: 'Authenticated', ar: 'وقت التحقق' },
  notGiven: { fr: 'non transmis', en: 'not given', ar: 'لم يُرسَل' },
  eidas1: { fr: 'faible', en: 'low', ar: 'منخفض' },
  eidas2: { fr: 'substantiel', en: 'substantial', ar: 'معزَّز' },
  eidas3: { fr: 'élevé', en: 'high', ar: 'عالٍ' },
  failed: { fr: 'La connexion n’a pas abouti', en: 'The sign-in did not succeed', ar: 'لم يكتمل تسجيل الدخول' },
  details: { fr: 'Réponse reçue de Garant', en: 'Answer received from Garant', ar: 'الرد الوارد من «غارانت»' },
  access_denied: {
    fr: 'La connexion a été interrompue ou refusée. Rien n’a été transmis à ce service.',
    en: 'The sign-in was interrupted or refused. Nothing was given to this service.',
    ar: 'توقف تسجيل الدخول أو رُفض. لم يُرسَل أي شيء إلى هذه الخدمة.',
  },
  login_required: {
    fr: 'Vous n’avez pas de session ouverte : identifiez-vous pour continuer.',
    en: 'You have no open session: sign in to continue.',
    ar: 'ليست لديك جلسة مفتوحة: سجّل الدخول للمتابعة.',
  },
  interaction_required: {
    fr: 'Une étape de votre part est nécessaire : identifiez-vous pour continuer.',
    en: 'A step of yours is needed: sign in to continue.',
    ar: 'يلزم إجراء من طرفك: سجّل الدخول للمتابعة.',
  },
  unmet_authentication_requirements: {
    fr: 'Cette démarche demande une identité de niveau plus élevé que celle utilisée.',
    en: 'This procedure asks for an identity of a higher level than the one used.',
    ar: 'يتطلب هذا الإجراء هوية أعلى مستوى من المستعملة.',
  },
  level_too_low: {
    fr: 'L’identité confirmée n’atteint pas le niveau que ce service demande.',
    en: 'The identity confirmed does not reach the level that this service asks.',
    ar: 'الهوية المؤكَّدة لا تبلغ المستوى الذي تطلبه هذه الخدمة.',
  },
  temporarily_unavailable: {
    fr: 'L’identification est indisponible pour le moment. Réessayez dans quelques minutes.',
    en: 'Identification is not available at the moment. Try again in a few minutes.',
    ar: 'خدمة التعريف غير متاحة حاليًا. أعد المحاولة بعد دقائق.',
  },
  unreachable: {
    fr: 'Garant ne répond pas. Réessayez dans quelques minutes ; vos données ne sont pas touchées.',
    en: 'Garant does not answer. Try again in a few minutes; your data is not affected.',
    ar: '«غارانت» لا يستجيب. أعد المحاولة بعد دقائق، ولم تتأثر بياناتك.',
  },
  foreign: {
    fr: 'Cette réponse ne correspond à aucune connexion commencée dans ce navigateur.',
    en: 'This answer belongs to no sign-in begun in this browser.',
    ar: 'هذا الرد لا يطابق أي دخول بدأ في هذا المتصفح.',
  },
  invalid: {
    fr: 'La réponse reçue n’a pas pu être vérifiée. Par sécurité, elle a été rejetée.',
    en: 'The answer received could not be verified. For safety, it was refused.',
    ar: 'تعذّر التحقق من الرد الوارد، فرُفض حفاظًا على الأمان.',
  },
  developerTitle: { fr: 'Ce qui a circulé', en: 'What crossed the network', ar: 'ما جرى تبادله' },
  developerLead: {
    fr: 'Requêtes et jetons de votre dernière connexion, tels que ce service les a émis et reçus.',
    en: 'Requests and tokens of your last sign-in, as this service sent and received them.',
    ar: 'طلبات ورموز آخر دخول لك كما أرسلتها هذه الخدمة وتلقّتها.',
  },
  developerNone: {
    fr: 'Identifiez-vous d’abord : cette page montre votre propre connexion.',
    en: 'Sign in first: this page shows your own sign-in.',
    ar: 'سجّل الدخول أولًا: تعرض هذه الصفحة دخولك أنت.',
  },
  optionsTitle: { fr: 'Demander autrement', en: 'Ask in another way', ar: 'صيغ أخرى للطلب' },
} as const satisfies Record<string, Translated>
