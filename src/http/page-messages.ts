/** Sentences of this room's own pages: the frame of every page, home, disclosure, accessibility. */
import type { Messages } from './messages.ts'

export const pageMessages: Messages = {
  fr: {
    'layout.skip': 'Aller au contenu',
    'layout.languages': 'Langue',
    'layout.promise': 'Aucun traceur, aucune publicité : cette page ne fait appel à aucun autre site.',
    'chart.mean': '{count} par jour en moyenne',
    'chart.table': 'Les mêmes chiffres en tableau',
    help: 'Aide',
    'help.provider': 'Obtenir de l’aide : {provider}',
    'help.support': 'Assistance',
    'layout.status': 'Pannes et interruptions',
    'banner.region': 'Avis du moment',
    'banner.phishing': 'Attention aux messages frauduleux.',
    'banner.maintenance': 'Travaux.',
    'banner.information': 'Information.',
    'banner.advice':
      'Nous ne demandons jamais un mot de passe ni un code par courriel, SMS ou téléphone. Au moindre doute, n’ouvrez pas le lien reçu : écrivez vous-même l’adresse du site dans votre navigateur.',
    'layout.security': 'Signaler une faille',
    'layout.accessibility': 'Accessibilité',

    'departure.title': 'Un instant…',
    'departure.go': 'Continuer',

    'home.title': 'À quoi sert ce site',
    'home.heading': '{name} confirme aux services que c’est bien vous',
    'home.lead':
      'On arrive ici depuis le site d’un service, quand on choisit de s’y connecter avec {name}. Vous n’avez rien à faire sur cette page : commencez par le service où vous voulez aller.',
    'home.how': 'Comment cela se passe',
    'home.how.service': 'Sur le site du service, vous choisissez de vous connecter par ici.',
    'home.how.account':
      'Vous choisissez un compte que vous avez déjà, et vous vous identifiez sur le site de ce compte.',
    'home.how.inform': 'Vous lisez ce qui va être transmis, puis vous revenez au service.',
    'home.never': 'Pour ne pas vous faire piéger',
    'home.never.password':
      '{name} ne vous demande jamais de mot de passe par message ou par téléphone. Ce que vous tapez sur le site de votre compte ne passe pas par nous.',
    'home.never.mail':
      'Nos messages ne contiennent aucun lien vers une page de connexion. S’il y en a un, le message ne vient pas de nous : ne l’ouvrez pas.',
    'home.never.optional': 'Rien ne vous oblige à passer par ici : chaque service propose un autre moyen de connexion.',
    'home.report': 'Une connexion n’était pas la vôtre ?',
    'home.report.go': 'Signaler que quelqu’un se sert de mon identité',
    'home.report.text':
      'Écrivez-nous, avec les deux codes du message que vous avez reçu : ils prouvent qu’il vient de nous et disent de quelle connexion il s’agit. Changez aussi le mot de passe du compte utilisé.',
    'home.account': 'Votre espace : chaque usage de votre identité, et de quoi l’arrêter',
    'home.more': 'En savoir plus',

    'disclosure.title': 'Signaler une faille de sécurité',
    'disclosure.lead':
      'Vous pensez avoir trouvé une faille dans {name} ? Dites-le-nous : vous protégez toutes les personnes qui s’identifient ici.',
    'disclosure.how': 'Comment nous écrire',
    'disclosure.how.text':
      'Décrivez la faille et comment la reproduire. Une preuve simple suffit. Écrivez dans la langue que vous voulez.',
    'disclosure.encryption': 'Clé pour chiffrer votre message',
    'disclosure.ours': 'Ce que nous faisons',
    'disclosure.acknowledge':
      '{days, plural, one {Nous accusons réception en un jour ouvré.} other {Nous accusons réception en # jours ouvrés au plus.}}',
    'disclosure.follow':
      'Nous vous tenons au courant jusqu’à la correction, et convenons avec vous de la date de publication.',
    'disclosure.credit': 'Nous vous citons parmi celles et ceux qui nous ont aidés, si vous le souhaitez.',
    'disclosure.safe': 'Ce à quoi nous nous engageons',
    'disclosure.safe.text':
      'Si vous agissez de bonne foi et suivez les règles ci-dessous, nous considérons votre recherche comme autorisée, nous ne portons pas plainte et ne demandons aucune réparation. Si quelqu’un d’autre le fait, nous dirons que vous avez agi avec notre accord.',
    'disclosure.rules': 'Les règles',
    'disclosure.rule.data':
      'N’utilisez que vos propres comptes ou des identités de test. Si vous voyez les données d’une autre personne, arrêtez-vous, ne gardez rien et écrivez-nous.',
    'disclosure.rule.service': 'Ne gênez pas le service : ni saturation, ni envoi en masse, ni destruction.',
    'disclosure.rule.people': 'Ne trompez et ne harcelez personne : ni hameçonnage, ni intrusion physique.',
    'disclosure.rule.time': 'Laissez-nous le temps de corriger avant de publier.',
    'disclosure.policy': 'Politique complète',

    'accessibility.title': 'Accessibilité',
    'accessibility.lead': '{name} doit pouvoir servir à tout le monde, quel que soit l’appareil ou le handicap.',
    'accessibility.target': 'Ce que nous visons',
    'accessibility.target.text':
      'Les règles WCAG 2.2, niveau AA, et le référentiel français RGAA 4.1. Toutes les pages fonctionnent au clavier, avec un lecteur d’écran, agrandies à 400 %, en contraste forcé et sans JavaScript.',
    'accessibility.state': 'Où nous en sommes',
    'accessibility.state.text':
      'Chaque page est contrôlée par un outil automatique et au clavier, dans les trois langues, à chaque changement. Aucun audit indépendant n’a encore eu lieu : nous ne déclarons donc pas de taux de conformité.',
    'accessibility.trouble': 'Une difficulté ?',
    'accessibility.trouble.text': 'Écrivez-nous ce qui vous bloque, avec le code affiché sur la page s’il y en a un.',
  },
  en: {
    'layout.skip': 'Skip to content',
    'layout.languages': 'Language',
    'layout.promise': 'No tracker, no advertising: this page calls no other site.',
    'chart.mean': '{count} a day on average',
    'chart.table': 'The same figures as a table',
    help: 'Help',
    'help.provider': 'Get help: {provider}',
    'help.support': 'Support',
    'layout.status': 'Outages',
    'banner.region': 'Notices',
    'banner.phishing': 'Beware of fraudulent messages.',
    'banner.maintenance': 'Maintenance.',
    'banner.information': 'Information.',
    'banner.advice':
      'We never ask for a password or a code by email, text message or phone. If in doubt, do not open the link that you were sent: type the address of the site into your browser yourself.',
    'layout.security': 'Report a vulnerability',
    'layout.accessibility': 'Accessibility',

    'departure.title': 'One moment…',
    'departure.go': 'Continue',

    'home.title': 'What this site is for',
    'home.heading': '{name} confirms to services that it is really you',
    'home.lead':
      'People arrive here from the site of a service, when they choose to sign in there with {name}. There is nothing to do on this page: begin at the service where you want to go.',
    'home.how': 'What happens',
    'home.how.service': 'On the site of the service, you choose to sign in this way.',
    'home.how.account': 'You choose an account that you already have, and sign in on the site of that account.',
    'home.how.inform': 'You read what will be sent, then you return to the service.',
    'home.never': 'So that nobody tricks you',
    'home.never.password':
      '{name} never asks for a password by message or telephone. What you type on the site of your account does not pass through us.',
    'home.never.mail':
      'Our messages contain no link to a sign-in page. If there is one, the message is not ours: do not open it.',
    'home.never.optional': 'You are not obliged to come this way: every service has another way to sign in.',
    'home.report': 'A sign-in was not yours?',
    'home.report.go': 'Report that somebody is using my identity',
    'home.report.text':
      'Write to us, with the two codes of the message that you received: they prove that it is ours and say which sign-in it is about. Change the password of the account that was used as well.',
    'home.account': 'Your space: every use of your identity, and how to stop it',
    'home.more': 'More',

    'disclosure.title': 'Report a security vulnerability',
    'disclosure.lead':
      'Do you think you have found a flaw in {name}? Tell us: you protect everybody who signs in here.',
    'disclosure.how': 'How to write to us',
    'disclosure.how.text':
      'Describe the flaw and how to reproduce it. A simple proof is enough. Write in any language you like.',
    'disclosure.encryption': 'Key to encrypt your message',
    'disclosure.ours': 'What we do',
    'disclosure.acknowledge':
      '{days, plural, one {We acknowledge your report within one working day.} other {We acknowledge your report within # working days.}}',
    'disclosure.follow': 'We keep you informed until it is corrected, and agree with you on when to publish.',
    'disclosure.credit': 'We name you among those who helped us, if you wish.',
    'disclosure.safe': 'What we promise',
    'disclosure.safe.text':
      'If you act in good faith and follow the rules below, we consider your research authorised, take no legal action and claim no damages. If somebody else does, we will say that you acted with our consent.',
    'disclosure.rules': 'The rules',
    'disclosure.rule.data':
      'Use only your own accounts or test identities. If you come to see the data of somebody else, stop, keep nothing and write to us.',
    'disclosure.rule.service': 'Do not disturb the service: no flooding, no mass sending, no destruction.',
    'disclosure.rule.people': 'Do not deceive or harass anybody: no phishing, no physical intrusion.',
    'disclosure.rule.time': 'Give us time to correct before you publish.',
    'disclosure.policy': 'Full policy',

    'accessibility.title': 'Accessibility',
    'accessibility.lead': '{name} has to serve everybody, whatever their device or disability.',
    'accessibility.target': 'What we aim at',
    'accessibility.target.text':
      'WCAG 2.2, level AA, and the French reference RGAA 4.1. Every page works with a keyboard, with a screen reader, enlarged to 400%, in forced contrast and without JavaScript.',
    'accessibility.state': 'Where we stand',
    'accessibility.state.text':
      'Every page is checked by an automatic tool and by keyboard, in the three languages, at each change. There has been no independent audit yet, so we declare no rate of conformity.',
    'accessibility.trouble': 'Having trouble?',
    'accessibility.trouble.text': 'Write to us what stops you, with the code shown on the page if there is one.',
  },
  ar: {
    'layout.skip': 'الانتقال إلى المحتوى',
    'layout.languages': 'اللغة',
    'layout.promise': 'بلا تتبّع وبلا إعلانات: لا تستدعي هذه الصفحة أي موقع آخر.',
    'chart.mean': '{count} في اليوم في المتوسط',
    'chart.table': 'الأرقام نفسها في جدول',
    help: 'مساعدة',
    'help.provider': 'الحصول على المساعدة: {provider}',
    'help.support': 'الدعم',
    'layout.status': 'الأعطال والانقطاعات',
    'banner.region': 'إعلانات',
    'banner.phishing': 'احذر الرسائل الاحتيالية.',
    'banner.maintenance': 'أعمال صيانة.',
    'banner.information': 'معلومة.',
    'banner.advice':
      'لا نطلب أبدًا كلمة مرور ولا رمزًا عبر البريد الإلكتروني أو الرسائل القصيرة أو الهاتف. عند أدنى شك لا تفتح الرابط الذي وصلك، واكتب عنوان الموقع بنفسك في متصفحك.',
    'layout.security': 'الإبلاغ عن ثغرة',
    'layout.accessibility': 'سهولة الوصول',

    'departure.title': 'لحظة من فضلك…',
    'departure.go': 'متابعة',

    'home.title': 'ما الغرض من هذا الموقع',
    'home.heading': 'يؤكد {name} للخدمات أنك أنت فعلًا',
    'home.lead':
      'يصل الناس إلى هنا من موقع خدمة ما عندما يختارون تسجيل الدخول إليها عبر {name}. لا شيء عليك فعله في هذه الصفحة: ابدأ من الخدمة التي تريدها.',
    'home.how': 'كيف يتم ذلك',
    'home.how.service': 'في موقع الخدمة، تختار تسجيل الدخول بهذه الطريقة.',
    'home.how.account': 'تختار حسابًا لديك من قبل، وتثبت هويتك في موقع ذلك الحساب.',
    'home.how.inform': 'تقرأ ما سيُرسَل، ثم تعود إلى الخدمة.',
    'home.never': 'حتى لا يخدعك أحد',
    'home.never.password': 'لا يطلب منك {name} أبدًا كلمة مرور برسالة أو بالهاتف. وما تكتبه في موقع حسابك لا يمر عبرنا.',
    'home.never.mail': 'لا تتضمن رسائلنا أي رابط إلى صفحة تسجيل دخول. فإن وجدت رابطًا كهذا فالرسالة ليست منا: لا تفتحه.',
    'home.never.optional': 'لا شيء يُلزمك بالمرور من هنا: لكل خدمة طريقة أخرى لتسجيل الدخول.',
    'home.report': 'هل حدث تسجيل دخول لم تقم به؟',
    'home.report.go': 'الإبلاغ عن أن شخصًا ما يستعمل هويتي',
    'home.report.text':
      'اكتب إلينا مع الرمزين الواردين في الرسالة التي وصلتك: فهما يثبتان أنها منا ويحددان عملية الدخول المعنية. وغيّر أيضًا كلمة مرور الحساب المستعمل.',
    'home.account': 'فضاؤك: كل استعمال لهويتك، وكيف توقفه',
    'home.more': 'لمعرفة المزيد',

    'disclosure.title': 'الإبلاغ عن ثغرة أمنية',
    'disclosure.lead': 'هل تعتقد أنك وجدت ثغرة في {name}؟ أخبرنا بها، فأنت بذلك تحمي كل من يعرّف بنفسه هنا.',
    'disclosure.how': 'كيف تكتب إلينا',
    'disclosure.how.text': 'صِف الثغرة وكيفية إعادة إنتاجها. يكفي إثبات بسيط. اكتب باللغة التي تريدها.',
    'disclosure.encryption': 'مفتاح تشفير رسالتك',
    'disclosure.ours': 'ما نقوم به',
    'disclosure.acknowledge':
      '{days, plural, one {نؤكد استلام بلاغك في غضون يوم عمل واحد.} two {نؤكد استلام بلاغك في غضون يومَي عمل.} few {نؤكد استلام بلاغك في غضون # أيام عمل.} many {نؤكد استلام بلاغك في غضون # يوم عمل.} other {نؤكد استلام بلاغك في غضون # يوم عمل.}}',
    'disclosure.follow': 'نُبقيك على اطّلاع حتى إصلاح الثغرة، ونتفق معك على تاريخ النشر.',
    'disclosure.credit': 'نذكر اسمك بين من ساعدونا إن رغبت في ذلك.',
    'disclosure.safe': 'ما نلتزم به',
    'disclosure.safe.text':
      'إذا تصرفت بحسن نية واتبعت القواعد أدناه، فإننا نعدّ بحثك مأذونًا به، ولا نرفع دعوى ولا نطالب بأي تعويض. وإذا فعل ذلك غيرنا فسنصرّح بأنك تصرفت بموافقتنا.',
    'disclosure.rules': 'القواعد',
    'disclosure.rule.data':
      'لا تستعمل إلا حساباتك أو هويات تجريبية. إذا اطّلعت على بيانات شخص آخر فتوقف ولا تحتفظ بشيء واكتب إلينا.',
    'disclosure.rule.service': 'لا تعرقل الخدمة: لا إغراق ولا إرسال جماعي ولا إتلاف.',
    'disclosure.rule.people': 'لا تخدع أحدًا ولا تضايقه: لا تصيّد ولا اقتحام مادي.',
    'disclosure.rule.time': 'امنحنا وقتًا للإصلاح قبل النشر.',
    'disclosure.policy': 'السياسة الكاملة',

    'accessibility.title': 'سهولة الوصول',
    'accessibility.lead': 'يجب أن يخدم {name} الجميع، مهما كان جهازهم أو إعاقتهم.',
    'accessibility.target': 'ما نهدف إليه',
    'accessibility.target.text':
      'قواعد WCAG 2.2 بالمستوى AA والمرجع الفرنسي RGAA 4.1. تعمل جميع الصفحات بلوحة المفاتيح وبقارئ الشاشة ومع تكبير 400% وبالتباين القسري ومن دون JavaScript.',
    'accessibility.state': 'أين وصلنا',
    'accessibility.state.text':
      'تُفحص كل صفحة بأداة آلية وبلوحة المفاتيح، باللغات الثلاث، عند كل تغيير. لم يُجرَ بعدُ أي تدقيق مستقل، ولذلك لا نعلن أي نسبة مطابقة.',
    'accessibility.trouble': 'هل تواجه صعوبة؟',
    'accessibility.trouble.text': 'اكتب إلينا ما يعيقك، مع الرمز الظاهر في الصفحة إن وُجد.',
  },
}
