/**
 * What each error of the catalogue says to the person, in three parts: what happened (`title`, `what`) and what to do
 * next (`next`). Whose fault it is comes from the catalogue and has one sentence for each. `{provider}` is the name of
 * the identity provider where the caller knows it, else the general word; so it stands only where a sentence begins.
 * `{minutes}` is how long a login may take.
 */
import type { ErrorName, Fault } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import type { Messages } from './messages.ts'

/** Title, what happened, what to do next. */
type Sentences = readonly [title: string, what: string, next: string]

const texts: Record<ErrorName, Record<Language, Sentences>> = {
  identity_malformed: {
    fr: [
      'L’identité reçue est incomplète',
      '{provider} nous a transmis une identité à laquelle il manque une information, ou dont une information est mal écrite.',
      'Choisissez un autre compte, ou signalez le problème à ce fournisseur avec le code ci-dessous.',
    ],
    en: [
      'The identity we received is incomplete',
      '{provider} sent us an identity in which something is missing or badly written.',
      'Choose another account, or report the problem to this provider with the code below.',
    ],
    ar: [
      'الهوية المستلمة غير مكتملة',
      '{provider} أرسل إلينا هوية تنقصها معلومة أو فيها معلومة غير سليمة.',
      'اختر حسابًا آخر، أو أبلغ هذا المزوّد بالمشكلة مع ذكر الرمز أدناه.',
    ],
  },
  identity_collision: {
    fr: [
      'Cette identité doit être vérifiée',
      'Deux comptes du même fournisseur portent exactement la même identité. Pour ne donner à personne les données d’un autre, nous avons arrêté la connexion. Notre équipe a reçu le dossier.',
      'Utilisez un autre compte en attendant, ou contactez l’assistance avec le code ci-dessous.',
    ],
    en: [
      'This identity needs to be checked',
      'Two accounts of the same provider carry exactly the same identity. So that nobody receives the data of somebody else, we stopped the sign-in. Our team has the case.',
      'Use another account meanwhile, or contact support with the code below.',
    ],
    ar: [
      'هذه الهوية تحتاج إلى تحقّق',
      'حسابان لدى المزوّد نفسه يحملان الهوية ذاتها تمامًا. أوقفنا تسجيل الدخول حتى لا يحصل أحد على بيانات غيره. وقد وصل الملف إلى فريقنا.',
      'استعمل حسابًا آخر في انتظار ذلك، أو اتصل بالدعم مع ذكر الرمز أدناه.',
    ],
  },
  identity_frozen: {
    fr: [
      'Cette identité est gelée',
      'Son titulaire en a arrêté tout usage, ou nous l’avons arrêté pour le protéger. Rien n’a été transmis.',
      'Si vous êtes cette personne, ouvrez votre espace : vous y lisez l’historique et vous pouvez demander le dégel. Sinon, contactez l’assistance avec le code ci-dessous.',
    ],
    en: [
      'This identity is frozen',
      'The person it belongs to has stopped every use of it, or we stopped it to protect them. Nothing was passed on.',
      'If you are that person, open your space: there you can read the history and ask to thaw it. Otherwise contact support with the code below.',
    ],
    ar: [
      'هذه الهوية مجمَّدة',
      'أوقف صاحبها كل استعمال لها، أو أوقفناه نحن لحمايته. لم يُنقل أي شيء.',
      'إذا كنت هذا الشخص فافتح مساحتك: فيها تقرأ السجل وتطلب رفع التجميد. وإلا فاتصل بالدعم مع ذكر الرمز أدناه.',
    ],
  },
  provider_unknown: {
    fr: [
      'Ce fournisseur d’identité n’existe pas ici',
      'Le compte demandé ne fait pas partie de ceux que nous connaissons.',
      'Revenez à la page précédente et choisissez un compte de la liste.',
    ],
    en: [
      'There is no such identity provider here',
      'The account that was asked for is not one that we know.',
      'Go back and choose an account from the list.',
    ],
    ar: [
      'مزوّد الهوية هذا غير موجود هنا',
      'الحساب المطلوب ليس من الحسابات التي نعرفها.',
      'عُد إلى الصفحة السابقة واختر حسابًا من القائمة.',
    ],
  },
  provider_disabled: {
    fr: [
      'Ce compte n’est pas disponible',
      '{provider} n’est pas utilisable en ce moment. Nous l’avons suspendu, ou le fournisseur l’a demandé.',
      'Choisissez un autre compte de la liste.',
    ],
    en: [
      'This account is not available',
      '{provider} cannot be used at the moment. We have suspended it, or the provider asked for it.',
      'Choose another account from the list.',
    ],
    ar: [
      'هذا الحساب غير متاح',
      '{provider} لا يمكن استعماله الآن، فقد علّقناه نحن أو طلب المزوّد ذلك.',
      'اختر حسابًا آخر من القائمة.',
    ],
  },
  provider_not_allowed: {
    fr: [
      'Ce compte n’est pas accepté par ce service',
      'Le service où vous allez n’accepte pas ce compte.',
      'Choisissez un compte de la liste.',
    ],
    en: [
      'This service does not accept this account',
      'The service you are going to does not take this account.',
      'Choose an account from the list.',
    ],
    ar: ['هذه الخدمة لا تقبل هذا الحساب', 'الخدمة التي تقصدها لا تقبل هذا الحساب.', 'اختر حسابًا من القائمة.'],
  },
  provider_too_low: {
    fr: [
      'Ce compte n’est pas assez sûr pour ce service',
      'Le service où vous allez protège des données sensibles. Il demande un niveau de garantie que ce compte n’atteint pas.',
      'Choisissez un compte d’un niveau plus élevé dans la liste.',
    ],
    en: [
      'This account is not secure enough for this service',
      'The service you are going to protects sensitive data. It asks for an assurance level that this account does not reach.',
      'Choose an account of a higher level from the list.',
    ],
    ar: [
      'هذا الحساب ليس آمنًا بما يكفي لهذه الخدمة',
      'الخدمة التي تقصدها تحمي بيانات حساسة، وتطلب مستوى ضمان لا يبلغه هذا الحساب.',
      'اختر من القائمة حسابًا بمستوى أعلى.',
    ],
  },
  provider_blocked: {
    fr: [
      'Vous avez bloqué ce compte',
      'Dans votre espace, vous avez choisi que ce compte ne puisse plus servir à vous identifier.',
      'Choisissez un autre compte. Vous pouvez lever ce blocage depuis votre espace.',
    ],
    en: [
      'You have blocked this account',
      'In your space, you chose that this account may no longer be used to sign you in.',
      'Choose another account. You can lift this block in your space.',
    ],
    ar: [
      'لقد أوقفت هذا الحساب',
      'اخترت في فضائك الخاص ألّا يُستعمل هذا الحساب للتعريف بك.',
      'اختر حسابًا آخر. يمكنك رفع هذا الإيقاف من فضائك الخاص.',
    ],
  },
  provider_silent: {
    fr: [
      'Le fournisseur ne répond pas',
      '{provider} ne nous répond pas. Vos données n’ont été transmises à personne.',
      'Réessayez dans quelques minutes, ou choisissez un autre compte.',
    ],
    en: [
      'The provider does not answer',
      '{provider} does not answer us. Your data went to nobody.',
      'Try again in a few minutes, or choose another account.',
    ],
    ar: [
      'المزوّد لا يجيب',
      '{provider} لا يجيبنا. لم تُرسَل بياناتك إلى أي جهة.',
      'أعد المحاولة بعد دقائق، أو اختر حسابًا آخر.',
    ],
  },
  provider_refused: {
    fr: [
      'Le fournisseur a refusé la connexion',
      '{provider} n’a pas confirmé votre identité.',
      'Réessayez, ou choisissez un autre compte. Si cela continue, contactez ce fournisseur.',
    ],
    en: [
      'The provider refused the sign-in',
      '{provider} did not confirm your identity.',
      'Try again, or choose another account. If it continues, contact this provider.',
    ],
    ar: [
      'رفض المزوّد تسجيل الدخول',
      '{provider} لم يؤكد هويتك.',
      'أعد المحاولة أو اختر حسابًا آخر. إذا استمر ذلك فاتصل بهذا المزوّد.',
    ],
  },
  provider_cancelled: {
    fr: [
      'Vous avez interrompu la connexion',
      'Vous avez quitté la page du fournisseur avant la fin. Rien n’a été transmis.',
      'Choisissez de nouveau un compte, ou revenez au service.',
    ],
    en: [
      'You stopped the sign-in',
      'You left the provider’s page before the end. Nothing was sent.',
      'Choose an account again, or go back to the service.',
    ],
    ar: [
      'لقد أوقفت تسجيل الدخول',
      'غادرت صفحة المزوّد قبل النهاية. لم يُرسَل أي شيء.',
      'اختر حسابًا من جديد أو عُد إلى الخدمة.',
    ],
  },
  provider_answer_invalid: {
    fr: [
      'La réponse du fournisseur n’est pas valable',
      '{provider} a envoyé une réponse que nous n’avons pas pu vérifier. Par sécurité, nous l’avons écartée.',
      'Réessayez, ou choisissez un autre compte.',
    ],
    en: [
      'The provider’s answer is not valid',
      '{provider} sent an answer that we could not verify. To be safe, we set it aside.',
      'Try again, or choose another account.',
    ],
    ar: [
      'جواب المزوّد غير صالح',
      '{provider} أرسل جوابًا لم نتمكن من التحقق منه، فاستبعدناه حفاظًا على أمانك.',
      'أعد المحاولة أو اختر حسابًا آخر.',
    ],
  },
  provider_level_not_allowed: {
    fr: [
      'La réponse du fournisseur n’est pas acceptée',
      '{provider} annonce un niveau de garantie pour lequel nous ne l’avons pas reconnu.',
      'Choisissez un autre compte.',
    ],
    en: [
      'The provider’s answer is not accepted',
      '{provider} claims an assurance level that we have not recognised it for.',
      'Choose another account.',
    ],
    ar: ['جواب المزوّد غير مقبول', '{provider} يعلن مستوى ضمان لم نعتمده له.', 'اختر حسابًا آخر.'],
  },
  level_not_reached: {
    fr: [
      'Le niveau demandé n’est pas atteint',
      'Vous êtes bien identifié, mais d’une manière moins sûre que ce que demande le service.',
      'Recommencez avec un compte d’un niveau plus élevé.',
    ],
    en: [
      'The level asked for is not reached',
      'You are signed in, but in a way that is less secure than the service asks for.',
      'Start again with an account of a higher level.',
    ],
    ar: [
      'لم يُبلَغ المستوى المطلوب',
      'تم التعرف عليك، لكن بطريقة أقل أمانًا مما تطلبه الخدمة.',
      'أعد المحاولة بحساب ذي مستوى أعلى.',
    ],
  },
  provider_means_refused: {
    fr: [
      'Ce service n’accepte pas cette façon de se connecter',
      'Le service où vous allez a des règles sur la façon de prouver son identité. Celle de {provider} n’y répond pas aujourd’hui.',
      'Choisissez un autre compte dans la liste : elle dit pourquoi un compte n’est pas accepté.',
    ],
    en: [
      'This service does not accept this way of signing in',
      'The service you are going to has rules on how people prove who they are. That of {provider} does not meet them today.',
      'Choose another account from the list: it says why an account is not accepted.',
    ],
    ar: [
      'لا تقبل هذه الخدمة طريقة الدخول هذه',
      'للخدمة التي تقصدها قواعد بشأن طريقة إثبات الهوية، وطريقة {provider} لا تستوفيها اليوم.',
      'اختر حسابًا آخر من القائمة، ففيها سبب عدم قبول كل حساب.',
    ],
  },
  country_refused: {
    fr: [
      'Ce service ne s’ouvre pas depuis ce pays',
      'Le service où vous allez limite les pays depuis lesquels on s’y connecte. Rien n’a été transmis.',
      'Utilisez un appareil dont vous vous servez déjà, déclarez un voyage dans votre espace, ou passez par un autre accès du service.',
    ],
    en: [
      'This service does not open from this country',
      'The service you are going to limits the countries from which people sign in. Nothing was passed on.',
      'Use a device that you use already, declare a trip in your space, or take another way of the service.',
    ],
    ar: [
      'لا تُفتح هذه الخدمة من هذا البلد',
      'تحدّ الخدمة التي تقصدها البلدان التي يمكن الدخول منها. لم يُرسَل أي شيء.',
      'استعمل جهازًا سبق أن استعملته، أو صرّح بسفر في فضائك، أو اسلك طريقًا آخر إلى الخدمة.',
    ],
  },
  country_needs_proof: {
    fr: [
      'Depuis ce pays, il faut une preuve de plus',
      'Le service où vous allez demande davantage quand on s’y connecte de loin. Rien n’a été transmis.',
      'Recommencez avec deux preuves, comme un mot de passe et un téléphone, ou avec un compte de niveau plus élevé.',
    ],
    en: [
      'From this country one more proof is needed',
      'The service you are going to asks for more when people sign in from far away. Nothing was passed on.',
      'Try again with two proofs, such as a password and a phone, or with an account of a higher level.',
    ],
    ar: [
      'يلزم إثبات إضافي من هذا البلد',
      'تطلب الخدمة التي تقصدها أكثر عند الدخول من بعيد. لم يُرسَل أي شيء.',
      'أعد المحاولة بإثباتين، مثل كلمة مرور وهاتف، أو بحساب ذي مستوى أعلى.',
    ],
  },
  nobody_to_act_for: {
    fr: [
      'Vous n’agissez ici pour personne',
      'Le service où vous allez reçoit seulement des personnes qui agissent pour une organisation. Rien n’a été transmis.',
      'Demandez un mandat à qui dirige l’organisation, ou prenez le compte avec lequel vous la représentez.',
    ],
    en: [
      'You act for nobody here',
      'The service you are going to only receives people who act for an organisation. Nothing was passed on.',
      'Ask whoever runs the organisation for a mandate, or take the account by which you represent it.',
    ],
    ar: [
      'لا تتصرف هنا باسم أحد',
      'لا تستقبل الخدمة التي تقصدها إلا من يتصرف باسم مؤسسة. لم يُرسَل أي شيء.',
      'اطلب توكيلًا ممن يدير المؤسسة، أو استعمل الحساب الذي تمثّلها به.',
    ],
  },
  callback_without_state: {
    fr: [
      'Nous ne savons pas d’où vous venez',
      'Cette page termine une connexion, mais l’adresse ne dit pas laquelle.',
      'Retournez sur le site du service et recommencez la connexion.',
    ],
    en: [
      'We do not know where you come from',
      'This page finishes a sign-in, but its address does not say which one.',
      'Go to the site of the service and sign in again.',
    ],
    ar: [
      'لا نعرف من أين أتيت',
      'هذه الصفحة تُنهي عملية تسجيل دخول، لكن العنوان لا يحدد أي عملية.',
      'عُد إلى موقع الخدمة وسجّل الدخول من جديد.',
    ],
  },
  callback_foreign_browser: {
    fr: [
      'Cette connexion a commencé ailleurs',
      'La connexion a été commencée dans un autre navigateur, ou une autre personne vous a envoyé ce lien. Nous l’avons arrêtée pour vous protéger.',
      'Retournez sur le site du service et recommencez la connexion dans ce navigateur.',
    ],
    en: [
      'This sign-in began elsewhere',
      'The sign-in was begun in another browser, or somebody sent you this link. We stopped it to protect you.',
      'Go to the site of the service and sign in again in this browser.',
    ],
    ar: [
      'بدأ تسجيل الدخول هذا في مكان آخر',
      'بدأت العملية في متصفح آخر، أو أرسل إليك شخص هذا الرابط. أوقفناها لحمايتك.',
      'عُد إلى موقع الخدمة وسجّل الدخول من جديد في هذا المتصفح.',
    ],
  },
  callback_replayed: {
    fr: [
      'Cette connexion est déjà terminée',
      'Cette page ne sert qu’une fois, et elle a déjà servi.',
      'Si vous n’êtes pas connecté, retournez sur le site du service et recommencez.',
    ],
    en: [
      'This sign-in is already finished',
      'This page works only once, and it was used before.',
      'If you are not signed in, go to the site of the service and start again.',
    ],
    ar: [
      'انتهت عملية تسجيل الدخول هذه من قبل',
      'تُستعمل هذه الصفحة مرة واحدة، وقد استُعملت.',
      'إذا لم تكن مسجّل الدخول فعُد إلى موقع الخدمة وابدأ من جديد.',
    ],
  },
  no_provider_usable: {
    fr: [
      'Aucun compte n’est utilisable en ce moment',
      'Tous les fournisseurs d’identité que ce service accepte sont indisponibles.',
      'Réessayez plus tard, ou utilisez l’autre moyen de connexion du service.',
    ],
    en: [
      'No account can be used at the moment',
      'All the identity providers that this service accepts are unavailable.',
      'Try again later, or use the service’s other way to sign in.',
    ],
    ar: [
      'لا يوجد حساب قابل للاستعمال الآن',
      'جميع مزوّدي الهوية الذين تقبلهم هذه الخدمة غير متاحين.',
      'أعد المحاولة لاحقًا، أو استعمل وسيلة الدخول الأخرى لدى الخدمة.',
    ],
  },
  request_malformed: {
    fr: [
      'La demande du service est mal formée',
      'Le site d’où vous venez nous a envoyé une demande que nous ne pouvons pas lire.',
      'Revenez sur ce site et réessayez. Si cela continue, donnez-lui le code ci-dessous.',
    ],
    en: [
      'The request of the service is malformed',
      'The site you come from sent us a request that we cannot read.',
      'Go back to that site and try again. If it continues, give them the code below.',
    ],
    ar: [
      'طلب الخدمة غير سليم',
      'الموقع الذي أتيت منه أرسل إلينا طلبًا لا يمكننا قراءته.',
      'عُد إلى ذلك الموقع وأعد المحاولة. إذا استمر ذلك فأعطه الرمز أدناه.',
    ],
  },
  client_unknown: {
    fr: [
      'Nous ne connaissons pas ce service',
      'Le site d’où vous venez n’est pas inscrit chez nous. Nous ne lui transmettons rien.',
      'Vérifiez l’adresse de ce site. Si elle est juste, donnez-lui le code ci-dessous.',
    ],
    en: [
      'We do not know this service',
      'The site you come from is not registered with us. We send it nothing.',
      'Check the address of that site. If it is right, give them the code below.',
    ],
    ar: [
      'لا نعرف هذه الخدمة',
      'الموقع الذي أتيت منه غير مسجّل لدينا، ولا نرسل إليه شيئًا.',
      'تحقّق من عنوان ذلك الموقع. إن كان صحيحًا فأعطه الرمز أدناه.',
    ],
  },
  redirect_uri_unknown: {
    fr: [
      'L’adresse de retour n’est pas la bonne',
      'Le service demande que vous reveniez à une adresse qu’il ne nous a pas déclarée. Nous ne vous y envoyons pas.',
      'Vérifiez l’adresse du site d’où vous venez. Si elle est juste, donnez-lui le code ci-dessous.',
    ],
    en: [
      'The return address is not the right one',
      'The service asks us to send you to an address that it has not declared to us. We do not send you there.',
      'Check the address of the site you come from. If it is right, give them the code below.',
    ],
    ar: [
      'عنوان العودة غير صحيح',
      'تطلب الخدمة إعادتك إلى عنوان لم تصرّح لنا به، ولن نرسلك إليه.',
      'تحقّق من عنوان الموقع الذي أتيت منه. إن كان صحيحًا فأعطه الرمز أدناه.',
    ],
  },
  person_cancelled: {
    fr: [
      'Vous avez arrêté la connexion',
      'Vous avez choisi de revenir au service. Rien ne lui a été transmis.',
      'Vous pouvez recommencer quand vous voulez, ou utiliser l’autre moyen de connexion du service.',
    ],
    en: [
      'You stopped the sign-in',
      'You chose to go back to the service. Nothing was sent to it.',
      'You may start again whenever you like, or use the service’s other way to sign in.',
    ],
    ar: [
      'لقد أوقفت تسجيل الدخول',
      'اخترت العودة إلى الخدمة. لم يُرسَل إليها أي شيء.',
      'يمكنك البدء من جديد متى شئت، أو استعمال وسيلة الدخول الأخرى لدى الخدمة.',
    ],
  },
  login_required: {
    fr: [
      'Il faut vous identifier de nouveau',
      'Le service a demandé de ne rien vous afficher, mais vous n’êtes pas connecté, ou depuis trop longtemps.',
      'Retournez sur le site du service et connectez-vous.',
    ],
    en: [
      'You need to sign in again',
      'The service asked us to show you nothing, but you are not signed in, or not recently enough.',
      'Go to the site of the service and sign in.',
    ],
    ar: [
      'يلزمك تسجيل الدخول من جديد',
      'طلبت الخدمة ألّا نعرض عليك شيئًا، لكنك لست مسجّل الدخول أو مضى على دخولك وقت طويل.',
      'عُد إلى موقع الخدمة وسجّل الدخول.',
    ],
  },
  interaction_required: {
    fr: [
      'Il faut vous montrer une page',
      'Le service a demandé de ne rien vous afficher, mais nous avons quelque chose à vous demander.',
      'Retournez sur le site du service et connectez-vous.',
    ],
    en: [
      'We need to show you a page',
      'The service asked us to show you nothing, but there is something that we have to ask you.',
      'Go to the site of the service and sign in.',
    ],
    ar: [
      'يلزم أن نعرض عليك صفحة',
      'طلبت الخدمة ألّا نعرض عليك شيئًا، لكن لدينا سؤال لك.',
      'عُد إلى موقع الخدمة وسجّل الدخول.',
    ],
  },
  message_not_sent: {
    fr: [
      'Le code n’a pas pu être envoyé',
      'Le service qui envoie les messages n’a pas répondu ou a refusé le message.',
      'Réessayez dans quelques minutes, ou choisissez un autre moyen.',
    ],
    en: [
      'The code could not be sent',
      'The service that sends messages did not answer, or refused the message.',
      'Try again in a few minutes, or choose another means.',
    ],
    ar: [
      'تعذّر إرسال الرمز',
      'الخدمة التي ترسل الرسائل لم تُجب أو رفضت الرسالة.',
      'أعد المحاولة بعد بضع دقائق، أو اختر وسيلة أخرى.',
    ],
  },
  means_busy: {
    fr: [
      'Trop de connexions en même temps',
      'Nous vérifions déjà autant de mots de passe que possible. Le vôtre n’a pas été examiné.',
      'Réessayez dans quelques secondes.',
    ],
    en: [
      'Too many people are signing in',
      'We are checking as many passwords as we can. Yours was not looked at.',
      'Try again in a few seconds.',
    ],
    ar: [
      'عدد كبير من عمليات الدخول في الوقت نفسه',
      'نتحقق الآن من أكبر عدد ممكن من كلمات المرور. لم يُفحص ما كتبته.',
      'أعد المحاولة بعد بضع ثوانٍ.',
    ],
  },
  certificate_refused: {
    fr: [
      'Cette carte n’est pas acceptée',
      'Le certificat de cette carte ne remplit pas les conditions pour se connecter ici. Rien n’a été transmis au service.',
      'Essayez avec une autre carte ou un autre compte. Si cette carte doit servir à vous connecter, contactez l’organisme qui l’a délivrée, avec le code ci-dessous.',
    ],
    en: [
      'This card is not accepted',
      'The certificate on this card does not meet the conditions for signing in here. Nothing was passed on to the service.',
      'Try another card or another account. If this card is meant for signing in, contact the body that issued it, with the code below.',
    ],
    ar: [
      'هذه البطاقة غير مقبولة',
      'شهادة هذه البطاقة لا تستوفي شروط تسجيل الدخول هنا. لم يُنقل أي شيء إلى الخدمة.',
      'جرّب بطاقة أخرى أو حسابًا آخر. وإذا كانت هذه البطاقة مخصصة لتسجيل الدخول فاتصل بالجهة التي أصدرتها مع ذكر الرمز أدناه.',
    ],
  },
  certificate_expired: {
    fr: [
      'Cette carte a expiré',
      'La date de fin de son certificat, ou de l’autorité qui l’a signé, est passée.',
      'Utilisez un autre compte en attendant, et faites renouveler la carte par l’organisme qui l’a délivrée.',
    ],
    en: [
      'This card has expired',
      'The end date of its certificate, or of the authority that signed it, has passed.',
      'Use another account meanwhile, and have the card renewed by the body that issued it.',
    ],
    ar: [
      'انتهت صلاحية هذه البطاقة',
      'انقضى تاريخ صلاحية شهادتها أو صلاحية الهيئة التي وقّعتها.',
      'استعمل حسابًا آخر في انتظار ذلك، واطلب تجديد البطاقة من الجهة التي أصدرتها.',
    ],
  },
  certificate_revoked: {
    fr: [
      'Cette carte n’est plus valable',
      'L’organisme qui l’a délivrée nous dit qu’elle est annulée ou qu’il ne la connaît pas : elle a pu être déclarée perdue, volée ou remplacée.',
      'Utilisez votre nouvelle carte ou un autre compte. Si vous n’avez rien déclaré, contactez l’organisme qui l’a délivrée.',
    ],
    en: [
      'This card is no longer valid',
      'The body that issued it tells us that it is cancelled, or that they do not know it: it may have been reported lost, stolen or replaced.',
      'Use your new card or another account. If you reported nothing, contact the body that issued it.',
    ],
    ar: [
      'لم تعد هذه البطاقة صالحة',
      'تخبرنا الجهة التي أصدرتها بأنها ملغاة أو بأنها لا تعرفها: ربما أُبلغ عن فقدانها أو سرقتها أو استبدالها.',
      'استعمل بطاقتك الجديدة أو حسابًا آخر. وإذا لم تبلّغ عن شيء فاتصل بالجهة التي أصدرتها.',
    ],
  },
  certificate_unknown_issuer: {
    fr: [
      'Nous ne connaissons pas l’émetteur de cette carte',
      'Le certificat présenté n’a pas été délivré par une autorité que nous acceptons. Peut-être est-ce un autre certificat que celui de votre carte.',
      'Réessayez en choisissant le certificat de votre carte, ou utilisez une autre carte ou un autre compte.',
    ],
    en: [
      'We do not know who issued this card',
      'The certificate that was shown does not come from an authority that we accept. Perhaps it is another certificate than the one on your card.',
      'Try again and choose the certificate of your card, or use another card or another account.',
    ],
    ar: [
      'لا نعرف الجهة التي أصدرت هذه البطاقة',
      'الشهادة المقدَّمة لم تصدر عن هيئة نقبلها. ربما هي شهادة أخرى غير شهادة بطاقتك.',
      'أعد المحاولة واختر شهادة بطاقتك، أو استعمل بطاقة أخرى أو حسابًا آخر.',
    ],
  },
  certificate_unverifiable: {
    fr: [
      'Nous ne pouvons pas vérifier cette carte en ce moment',
      'Avant d’accepter une carte, nous vérifions qu’elle n’a pas été annulée. Le système qui le dit ne nous répond pas. Votre carte n’est pas en cause.',
      'Réessayez dans quelques minutes, ou utilisez un autre compte.',
    ],
    en: [
      'We cannot check this card at the moment',
      'Before we accept a card we make sure that it was not cancelled. The system that tells does not answer us. There is nothing wrong with your card.',
      'Try again in a few minutes, or use another account.',
    ],
    ar: [
      'لا يمكننا التحقق من هذه البطاقة في الوقت الحالي',
      'قبل قبول أي بطاقة نتحقق من أنها لم تُلغَ. النظام الذي يخبرنا بذلك لا يجيبنا. لا مشكلة في بطاقتك.',
      'أعد المحاولة بعد بضع دقائق، أو استعمل حسابًا آخر.',
    ],
  },
  not_found: {
    fr: [
      'Cette page n’existe pas',
      'Il n’y a rien à cette adresse. Elle a pu être mal recopiée.',
      'Vérifiez l’adresse, ou retournez sur le site du service.',
    ],
    en: [
      'There is no such page',
      'There is nothing at this address. It may have been copied wrongly.',
      'Check the address, or go to the site of the service.',
    ],
    ar: [
      'هذه الصفحة غير موجودة',
      'لا يوجد شيء في هذا العنوان، وربما نُسخ خطأً.',
      'تحقّق من العنوان أو عُد إلى موقع الخدمة.',
    ],
  },
  not_allowed: {
    fr: [
      'Vous n’avez pas accès à cette page',
      'Cette page existe, mais elle n’est pas pour vous, ou vous n’êtes pas connecté.',
      'Connectez-vous avec le bon compte, puis réessayez.',
    ],
    en: [
      'You may not see this page',
      'This page exists, but it is not for you, or you are not signed in.',
      'Sign in with the right account, then try again.',
    ],
    ar: [
      'ليس لديك حق الدخول إلى هذه الصفحة',
      'هذه الصفحة موجودة لكنها ليست لك، أو لست مسجّل الدخول.',
      'سجّل الدخول بالحساب الصحيح ثم أعد المحاولة.',
    ],
  },
  form_foreign: {
    fr: [
      'Cette demande vient d’un autre site',
      'Un autre site a essayé d’envoyer une demande à votre place. Nous ne l’avons pas exécutée.',
      'Si c’était vous, revenez à notre page et recommencez à partir d’elle.',
    ],
    en: [
      'This request comes from another site',
      'Another site tried to send a request in your place. We did not carry it out.',
      'If it was you, go back to our page and start again from there.',
    ],
    ar: [
      'هذا الطلب آتٍ من موقع آخر',
      'حاول موقع آخر إرسال طلب بدلًا منك. لم ننفّذه.',
      'إن كنت أنت من أرسله فعُد إلى صفحتنا وابدأ منها.',
    ],
  },
  too_many_requests: {
    fr: [
      'Trop d’essais en peu de temps',
      'Nous avons reçu beaucoup de demandes de votre part. Nous faisons une pause pour protéger tout le monde.',
      'Attendez une minute, puis réessayez.',
    ],
    en: [
      'Too many attempts in a short time',
      'We received many requests from you. We pause to protect everybody.',
      'Wait a minute, then try again.',
    ],
    ar: [
      'محاولات كثيرة في وقت قصير',
      'تلقّينا منك طلبات كثيرة، ونتوقف قليلًا لحماية الجميع.',
      'انتظر دقيقة ثم أعد المحاولة.',
    ],
  },
  wrong_host: {
    fr: [
      'Ce n’est pas notre adresse',
      'Vous êtes arrivé ici par une adresse qui n’est pas la nôtre. Par sécurité, nous ne répondons que sur une seule.',
      'Retournez sur le site du service et recommencez la connexion.',
    ],
    en: [
      'This is not our address',
      'You came here by an address that is not ours. To be safe, we answer on one only.',
      'Go to the site of the service and sign in again.',
    ],
    ar: [
      'هذا ليس عنواننا',
      'وصلت إلى هنا بعنوان ليس عنواننا. حفاظًا على الأمان لا نجيب إلا على عنوان واحد.',
      'عُد إلى موقع الخدمة وسجّل الدخول من جديد.',
    ],
  },
  database_unavailable: {
    fr: [
      'Nous sommes momentanément indisponibles',
      'Une partie de notre système ne répond pas. Rien n’est perdu, et rien n’a été transmis.',
      'Réessayez dans une minute, ou utilisez l’autre moyen de connexion du service.',
    ],
    en: [
      'We are unavailable for a moment',
      'A part of our system does not answer. Nothing is lost, and nothing was sent.',
      'Try again in a minute, or use the service’s other way to sign in.',
    ],
    ar: [
      'نحن غير متاحين مؤقتًا',
      'جزء من نظامنا لا يجيب. لم يضع شيء ولم يُرسَل شيء.',
      'أعد المحاولة بعد دقيقة، أو استعمل وسيلة الدخول الأخرى لدى الخدمة.',
    ],
  },
  internal: {
    fr: [
      'Une erreur s’est produite chez nous',
      'Quelque chose n’a pas fonctionné comme prévu. Le problème est enregistré sous le code ci-dessous.',
      'Réessayez. Si cela continue, donnez ce code à l’assistance.',
    ],
    en: [
      'Something went wrong on our side',
      'Something did not work as it should. The problem is recorded under the code below.',
      'Try again. If it continues, give this code to support.',
    ],
    ar: [
      'حدث خطأ من جهتنا',
      'لم يعمل شيء ما كما ينبغي. سُجّلت المشكلة تحت الرمز أدناه.',
      'أعد المحاولة. إذا استمر ذلك فأعطِ هذا الرمز للدعم.',
    ],
  },
  settings_invalid: {
    fr: [
      'Nos réglages sont à corriger',
      'Un réglage de notre système n’est pas valable.',
      'Réessayez plus tard. Si cela continue, donnez le code ci-dessous à l’assistance.',
    ],
    en: [
      'Our settings need to be corrected',
      'A setting of our system is not valid.',
      'Try again later. If it continues, give the code below to support.',
    ],
    ar: [
      'إعداداتنا تحتاج إلى تصحيح',
      'أحد إعدادات نظامنا غير صالح.',
      'أعد المحاولة لاحقًا. إذا استمر ذلك فأعطِ الرمز أدناه للدعم.',
    ],
  },
  data_folder_busy: {
    fr: [
      'Nous sommes momentanément indisponibles',
      'Un autre processus utilise déjà nos données.',
      'Réessayez dans une minute. Si cela continue, donnez le code ci-dessous à l’assistance.',
    ],
    en: [
      'We are unavailable for a moment',
      'Another process is already using our data.',
      'Try again in a minute. If it continues, give the code below to support.',
    ],
    ar: [
      'نحن غير متاحين مؤقتًا',
      'عملية أخرى تستعمل بياناتنا الآن.',
      'أعد المحاولة بعد دقيقة. إذا استمر ذلك فأعطِ الرمز أدناه للدعم.',
    ],
  },
  schema_unknown: {
    fr: [
      'Nous sommes momentanément indisponibles',
      'Nos données viennent d’une version plus récente que ce programme.',
      'Réessayez plus tard. Si cela continue, donnez le code ci-dessous à l’assistance.',
    ],
    en: [
      'We are unavailable for a moment',
      'Our data comes from a newer version than this program.',
      'Try again later. If it continues, give the code below to support.',
    ],
    ar: [
      'نحن غير متاحين مؤقتًا',
      'بياناتنا تعود إلى إصدار أحدث من هذا البرنامج.',
      'أعد المحاولة لاحقًا. إذا استمر ذلك فأعطِ الرمز أدناه للدعم.',
    ],
  },
  request_unreadable: {
    fr: [
      'Nous ne pouvons pas lire cette demande',
      'L’adresse ou le formulaire reçu n’est pas complet, ou n’est pas écrit comme attendu.',
      'Revenez à la page précédente et réessayez.',
    ],
    en: [
      'We cannot read this request',
      'The address or the form that we received is not complete, or not written as expected.',
      'Go back to the previous page and try again.',
    ],
    ar: [
      'لا يمكننا قراءة هذا الطلب',
      'العنوان أو النموذج المستلم غير مكتمل أو غير مكتوب كما ينبغي.',
      'عُد إلى الصفحة السابقة وأعد المحاولة.',
    ],
  },
  request_too_large: {
    fr: [
      'Cette demande est trop longue',
      'Ce que nous avons reçu dépasse la taille que nous acceptons.',
      'Revenez à la page précédente et envoyez un texte plus court.',
    ],
    en: [
      'This request is too long',
      'What we received is larger than what we accept.',
      'Go back to the previous page and send a shorter text.',
    ],
    ar: ['هذا الطلب أطول من اللازم', 'ما استلمناه يتجاوز الحجم الذي نقبله.', 'عُد إلى الصفحة السابقة وأرسل نصًّا أقصر.'],
  },
  master_key_wrong: {
    fr: [
      'Nous sommes momentanément indisponibles',
      'Le programme n’a pas la clé qui ouvre nos données.',
      'Réessayez plus tard. Si cela continue, donnez le code ci-dessous à l’assistance.',
    ],
    en: [
      'We are unavailable for a moment',
      'The program does not have the key that opens our data.',
      'Try again later. If it continues, give the code below to support.',
    ],
    ar: [
      'نحن غير متاحين مؤقتًا',
      'البرنامج لا يملك المفتاح الذي يفتح بياناتنا.',
      'أعد المحاولة لاحقًا. إذا استمر ذلك فأعطِ الرمز أدناه للدعم.',
    ],
  },
  flow_expired: {
    fr: [
      'Cette connexion a pris trop de temps',
      'Pour vous protéger, une connexion commencée doit se terminer en moins de {minutes} minutes. Rien n’a été transmis.',
      'Retournez sur le site du service et recommencez.',
    ],
    en: [
      'This sign-in took too long',
      'To protect you, a sign-in must be finished within {minutes} minutes. Nothing was sent.',
      'Go to the site of the service and start again.',
    ],
    ar: [
      'استغرق تسجيل الدخول وقتًا طويلًا',
      'لحمايتك يجب أن تنتهي العملية في أقل من {minutes} دقيقة. لم يُرسَل أي شيء.',
      'عُد إلى موقع الخدمة وابدأ من جديد.',
    ],
  },
  flow_foreign_browser: {
    fr: [
      'Cette connexion a commencé ailleurs',
      'Cette page appartient à une connexion commencée dans un autre navigateur, ou vos cookies ont été effacés.',
      'Retournez sur le site du service et recommencez dans ce navigateur.',
    ],
    en: [
      'This sign-in began elsewhere',
      'This page belongs to a sign-in that was begun in another browser, or your cookies were erased.',
      'Go to the site of the service and start again in this browser.',
    ],
    ar: [
      'بدأ تسجيل الدخول هذا في مكان آخر',
      'تنتمي هذه الصفحة إلى عملية بدأت في متصفح آخر، أو مُسحت ملفات تعريف الارتباط لديك.',
      'عُد إلى موقع الخدمة وابدأ من جديد في هذا المتصفح.',
    ],
  },
  flow_out_of_step: {
    fr: [
      'Cette étape est déjà passée',
      'La page que vous avez envoyée n’est plus celle où en est votre connexion.',
      'Continuez à partir de l’étape actuelle, ou recommencez depuis le site du service.',
    ],
    en: [
      'This step is already over',
      'The page that you sent is no longer the one where your sign-in stands.',
      'Go on from the present step, or start again from the site of the service.',
    ],
    ar: [
      'هذه الخطوة انتهت من قبل',
      'الصفحة التي أرسلتها لم تعد هي المرحلة الحالية من تسجيل الدخول.',
      'واصل من الخطوة الحالية أو ابدأ من جديد من موقع الخدمة.',
    ],
  },
  session_needed: {
    fr: [
      'Identifiez-vous d’abord',
      'Cette page montre ce qui n’appartient qu’à vous. Ce navigateur n’est pas connecté, ou ne l’est plus.',
      'Identifiez-vous, puis recommencez : rien n’a été changé.',
    ],
    en: [
      'Sign in first',
      'This page shows what is yours alone. This browser is not signed in, or not any more.',
      'Sign in, then try again: nothing was changed.',
    ],
    ar: [
      'سجّل الدخول أولًا',
      'تعرض هذه الصفحة ما يخصك وحدك. هذا المتصفح غير متصل أو لم يعد متصلًا.',
      'سجّل الدخول ثم أعد المحاولة: لم يتغيّر شيء.',
    ],
  },
  other_person: {
    fr: [
      'C’est le compte de quelqu’un d’autre',
      'Vous étiez connecté sous une autre identité que celle qui vient d’être confirmée. Rien n’a été changé, ni pour l’une ni pour l’autre.',
      'Recommencez avec un compte à vous. Pour changer d’identité, déconnectez-vous d’abord, à l’adresse /logout de ce site.',
    ],
    en: [
      'This is the account of somebody else',
      'You were signed in as somebody other than the person who has just been confirmed. Nothing was changed, for either of them.',
      'Try again with an account of yours. To sign in as somebody else, sign out first, at the address /logout of this site.',
    ],
    ar: [
      'هذا حساب شخص آخر',
      'كنت متصلًا بهوية غير الهوية التي أُكّدت للتو. لم يتغيّر شيء، لا لهذه ولا لتلك.',
      'أعد المحاولة بحساب يخصك. ولتغيير الهوية سجّل الخروج أولًا من العنوان ⁦/logout⁩ في هذا الموقع.',
    ],
  },
  operator_signed_out: {
    fr: [
      'Votre session est terminée',
      'Elle s’arrête après 15 minutes sans activité, après 8 heures, ou quand vos droits ou votre clé d’accès changent. Rien n’a été modifié.',
      'Identifiez-vous de nouveau à l’adresse /operators/sign-in.',
    ],
    en: [
      'Your session is over',
      'It ends after 15 minutes without activity, after 8 hours, or when your rights or your passkey change. Nothing was changed.',
      'Sign in again at /operators/sign-in.',
    ],
    ar: [
      'انتهت جلستك',
      'تنتهي الجلسة بعد 15 دقيقة من عدم النشاط، أو بعد 8 ساعات، أو عند تغيّر صلاحياتك أو مفتاح مرورك. لم يُعدَّل أي شيء.',
      'سجّل دخولك من جديد على العنوان \u2068/operators/sign-in\u2069.',
    ],
  },
  operator_role_missing: {
    fr: [
      'Cette page n’est pas pour votre fonction',
      'Vous êtes bien identifié, mais aucune de vos fonctions ne donne accès à cette page.',
      'Revenez à l’accueil des opérateurs, à l’adresse /console. S’il vous faut cet accès, demandez-le à un administrateur.',
    ],
    en: [
      'This page is not for your role',
      'You are signed in, but none of your roles gives access to this page.',
      'Go back to the operators’ home page at /console. If you need this access, ask an administrator.',
    ],
    ar: [
      'هذه الصفحة ليست لوظيفتك',
      'أنت مسجَّل الدخول، لكن لا تتيح أي من وظائفك الوصول إلى هذه الصفحة.',
      'عُد إلى صفحة المشغّلين الرئيسية على العنوان \u2068/console\u2069. إذا كنت تحتاج إلى هذا الوصول فاطلبه من أحد المديرين.',
    ],
  },
  operator_refused: {
    fr: [
      'Cette clé d’accès n’ouvre pas cet espace',
      'Elle n’est pas celle d’un opérateur en fonction, ou elle a été révoquée, ou la page est restée ouverte trop longtemps.',
      'Recommencez. Si le refus se répète, demandez à un administrateur un nouveau lien d’invitation.',
    ],
    en: [
      'This passkey does not open this space',
      'It is not that of an operator in office, or it was revoked, or the page stayed open for too long.',
      'Try again. If it is refused again, ask an administrator for a new invitation link.',
    ],
    ar: [
      'مفتاح المرور هذا لا يفتح هذا الفضاء',
      'ليس لمشغّل يزاول مهامه، أو أُبطل، أو بقيت الصفحة مفتوحة مدة أطول من اللازم.',
      'أعد المحاولة. وإذا تكرر الرفض فاطلب من أحد المديرين رابط دعوة جديدًا.',
    ],
  },
  invitation_unusable: {
    fr: [
      'Ce lien ne fonctionne pas, ou plus',
      'Un lien d’invitation sert une seule fois, pendant 24 heures. Celui-ci a déjà servi, a expiré, ou n’est pas complet.',
      'Vérifiez que l’adresse est entière. Si vous avez déjà enregistré votre clé d’accès, identifiez-vous à l’adresse /operators/sign-in. Sinon, demandez un nouveau lien à l’administrateur qui vous a invité.',
    ],
    en: [
      'This link does not work, or no longer',
      'An invitation link serves once, for 24 hours. This one has been used, has expired, or is not complete.',
      'Check that the address is whole. If you have already registered your passkey, sign in at /operators/sign-in. If not, ask the administrator who invited you for a new link.',
    ],
    ar: [
      'هذا الرابط لا يعمل أو لم يعد يعمل',
      'رابط الدعوة صالح لمرة واحدة خلال 24 ساعة. وهذا الرابط استُعمل أو انتهت مدته أو هو غير كامل.',
      'تحقق من أن العنوان كامل. إذا كنت قد سجّلت مفتاح مرورك فسجّل دخولك على العنوان \u2068/operators/sign-in\u2069. وإلا فاطلب رابطًا جديدًا من المدير الذي دعاك.',
    ],
  },
  passkey_not_registered: {
    fr: [
      'La clé d’accès n’a pas été enregistrée',
      'L’appareil a répondu d’une façon que nous ne pouvons pas accepter, ou la page est restée ouverte plus de dix minutes. Votre lien n’a pas été utilisé.',
      'Rouvrez le lien d’invitation et recommencez, au besoin avec un autre appareil ou une autre clé.',
    ],
    en: [
      'The passkey was not registered',
      'The device answered in a way that we cannot accept, or the page stayed open for more than ten minutes. Your link was not used up.',
      'Open the invitation link again and start over, if need be with another device or key.',
    ],
    ar: [
      'لم يُسجَّل مفتاح المرور',
      'أجاب الجهاز بطريقة لا يمكننا قبولها، أو بقيت الصفحة مفتوحة أكثر من عشر دقائق. لم يُستهلك رابطك.',
      'افتح رابط الدعوة من جديد وأعد المحاولة، وعند الحاجة بجهاز آخر أو بمفتاح آخر.',
    ],
  },
  staff_signed_out: {
    fr: [
      'Votre session est terminée',
      'Elle s’arrête après 15 minutes sans activité, après 8 heures, ou quand vos droits ou votre clé d’accès changent. Rien n’a été modifié.',
      'Identifiez-vous de nouveau à l’adresse /desk/sign-in.',
    ],
    en: [
      'Your session is over',
      'It ends after 15 minutes without activity, after 8 hours, or when your rights or your passkey change. Nothing was changed.',
      'Sign in again at /desk/sign-in.',
    ],
    ar: [
      'انتهت جلستك',
      'تنتهي بعد 15 دقيقة من عدم النشاط، أو بعد 8 ساعات، أو عندما تتغير صلاحياتك أو مفتاح مرورك. لم يُغيَّر شيء.',
      'سجّل دخولك من جديد على العنوان \u2068/desk/sign-in\u2069.',
    ],
  },
  staff_role_missing: {
    fr: [
      'Cette page n’est pas pour votre fonction',
      'Vous êtes bien identifié, mais aucune de vos fonctions ne donne accès à cette page.',
      'Revenez à l’accueil des partenaires, à l’adresse /desk. Si cet accès vous est nécessaire, demandez-le à vos interlocuteurs.',
    ],
    en: [
      'This page is not for your role',
      'You are signed in, but none of your roles gives access to this page.',
      'Go back to the partners’ home page at /desk. If you need this access, ask the people you deal with here.',
    ],
    ar: [
      'هذه الصفحة ليست لوظيفتك',
      'لقد تم التعرّف عليك، لكن لا تمنح أيٌّ من وظائفك الدخول إلى هذه الصفحة.',
      'عُد إلى صفحة الشركاء الرئيسية على العنوان \u2068/desk\u2069. وإذا كنت تحتاج إلى هذا الدخول فاطلبه ممن تتعامل معهم هنا.',
    ],
  },
  staff_refused: {
    fr: [
      'Cette clé d’accès n’ouvre pas cet espace',
      'Elle n’est pas celle d’une personne en fonction chez un partenaire, ou elle a été révoquée, ou la page est restée ouverte trop longtemps.',
      'Réessayez. Si le refus se répète, demandez un nouveau lien d’invitation.',
    ],
    en: [
      'This passkey does not open this space',
      'It is not that of somebody in office at a partner, or it was revoked, or the page stayed open for too long.',
      'Try again. If it is refused again, ask for a new invitation link.',
    ],
    ar: [
      'مفتاح المرور هذا لا يفتح هذا الفضاء',
      'ليس مفتاح شخص يعمل حاليًا لدى شريك، أو أُلغي، أو بقيت الصفحة مفتوحة أكثر من اللازم.',
      'حاول من جديد. وإذا تكرر الرفض فاطلب رابط دعوة جديدًا.',
    ],
  },
  staff_link_unusable: {
    fr: [
      'Ce lien ne fonctionne pas, ou plus',
      'Un lien d’invitation sert une seule fois, pendant 24 heures. Celui-ci a déjà servi, a expiré, ou n’est pas complet.',
      'Vérifiez que l’adresse est entière. Si vous avez déjà enregistré votre clé d’accès, identifiez-vous à l’adresse /desk/sign-in. Sinon, demandez un nouveau lien à qui vous a invité.',
    ],
    en: [
      'This link does not work, or no longer',
      'An invitation link serves once, for 24 hours. This one was already used, has expired, or is not complete.',
      'Check that the address is whole. If you have already registered your passkey, sign in at /desk/sign-in. If not, ask whoever invited you for a new link.',
    ],
    ar: [
      'هذا الرابط لا يعمل أو لم يعد يعمل',
      'رابط الدعوة صالح لمرة واحدة خلال 24 ساعة. هذا الرابط استُعمل أو انتهت مدته أو ليس كاملًا.',
      'تحقق من أن العنوان كامل. إذا كنت قد سجّلت مفتاح مرورك فسجّل دخولك على العنوان \u2068/desk/sign-in\u2069. وإلا فاطلب رابطًا جديدًا ممن دعاك.',
    ],
  },
}

const faults: Record<Fault, Record<Language, string>> = {
  person: {
    fr: 'Rien de grave : vous pouvez continuer vous-même.',
    en: 'Nothing serious: you can go on yourself.',
    ar: 'لا داعي للقلق: يمكنك المتابعة بنفسك.',
  },
  service: {
    fr: 'La cause est dans le site d’où vous venez. Vous n’avez rien fait de mal.',
    en: 'The cause is in the site you come from. You did nothing wrong.',
    ar: 'السبب في الموقع الذي أتيت منه. لم ترتكب أي خطأ.',
  },
  provider: {
    fr: 'La cause est chez le fournisseur d’identité. Vous n’avez rien fait de mal.',
    en: 'The cause is at the identity provider. You did nothing wrong.',
    ar: 'السبب لدى مزوّد الهوية. لم ترتكب أي خطأ.',
  },
  hub: {
    fr: 'La cause est chez nous. Vous n’avez rien fait de mal.',
    en: 'The cause is on our side. You did nothing wrong.',
    ar: 'السبب من جهتنا. لم ترتكب أي خطأ.',
  },
}

const page: Messages = {
  fr: {
    'error.a_provider': 'Le fournisseur d’identité',
    'error.the_provider': '{name}',
    'error.reference': 'Code à donner à l’assistance',
    'error.back': 'Revenir au service',
    'error.retry': 'Réessayer',
    'error.do': 'Que faire ?',
    'error.explained': 'Comprendre cette erreur',
    'error.ask': 'Écrire à l’assistance avec ce code',
  },
  en: {
    'error.a_provider': 'The identity provider',
    'error.the_provider': '{name}',
    'error.reference': 'Code to give to support',
    'error.back': 'Back to the service',
    'error.retry': 'Try again',
    'error.do': 'What to do',
    'error.explained': 'Understand this error',
    'error.ask': 'Write to support with this code',
  },
  ar: {
    'error.a_provider': 'مزوّد الهوية',
    // Verbs agree with the word for a provider, whatever the gender of its name.
    'error.the_provider': 'المزوّد {name}',
    'error.reference': 'الرمز الذي تعطيه للدعم',
    'error.back': 'العودة إلى الخدمة',
    'error.retry': 'إعادة المحاولة',
    'error.do': 'ما العمل؟',
    'error.explained': 'فهم هذا الخطأ',
    'error.ask': 'الكتابة إلى الدعم مع هذا الرمز',
  },
}

export const errorMessages: Messages = {
  fr: { ...page.fr, ...keysOf('fr') },
  en: { ...page.en, ...keysOf('en') },
  ar: { ...page.ar, ...keysOf('ar') },
}

function keysOf(language: Language): Record<string, string> {
  const sentences = Object.entries(texts).flatMap(([name, text]) => {
    const [title, what, next] = text[language]
    return [
      [`error.${name}.title`, title],
      [`error.${name}.what`, what],
      [`error.${name}.next`, next],
    ]
  })
  const blame = Object.entries(faults).map(([fault, text]) => [`error.fault.${fault}`, text[language]])
  return Object.fromEntries([...sentences, ...blame])
}
