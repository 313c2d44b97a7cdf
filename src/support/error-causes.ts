/**
 * Why each error of the catalogue happens, in one or two sentences, beside what the error page itself says
 * (`http/errors-messages.ts`), and the chapters of help that go on from there.
 */
import type { ErrorName } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import type { ChapterName } from './guide.ts'

/** In French, English and Arabic. */
type Cause = readonly [fr: string, en: string, ar: string, ...chapters: ChapterName[]]

const causes: Record<ErrorName, Cause> = {
  identity_malformed: [
    'Souvent, le fournisseur a enregistré une date ou un lieu de naissance incomplet.',
    'Often, the provider has recorded an incomplete date or place of birth.',
    'كثيرًا ما يكون المزوّد قد سجّل تاريخ ميلاد أو مكانه ناقصًا.',
    'identity',
  ],
  identity_collision: [
    'Cela arrive quand on a ouvert deux comptes chez le même fournisseur, ou quand deux personnes ont les mêmes noms et la même naissance.',
    'It happens when somebody has opened two accounts with the same provider, or when two people have the same names and the same birth.',
    'يحدث هذا عندما يفتح شخص حسابين لدى المزوّد نفسه، أو عندما يكون لشخصين الاسم نفسه والميلاد نفسه.',
    'identity',
  ],
  identity_frozen: [
    'Le gel arrête tous les services à la fois, avec tous les comptes. L’espace reste ouvert pour lire et pour dégeler.',
    'A freeze stops all services at once, with all accounts. The space stays open for reading and for thawing.',
    'يوقف التجميد كل الخدمات معًا ومع كل الحسابات. ويبقى الفضاء الخاص مفتوحًا للقراءة ولرفع التجميد.',
    'theft',
  ],
  provider_unknown: [
    'L’adresse a été écrite à la main, ou vient d’un ancien favori.',
    'The address was typed by hand, or comes from an old bookmark.',
    'كُتب العنوان يدويًا، أو جاء من إشارة مرجعية قديمة.',
    'choose',
  ],
  provider_disabled: [
    'Ce peut être une panne, des travaux, ou une suspension de sécurité. La page des pannes en donne la raison.',
    'It can be an outage, maintenance, or a suspension for safety. The page of outages gives the reason.',
    'قد يكون عطلًا أو صيانة أو تعليقًا لأسباب أمنية. صفحة الأعطال تذكر السبب.',
    'unavailable',
  ],
  provider_not_allowed: [
    'Chaque service choisit les comptes qu’il accepte. Certains sont réservés aux professionnels, d’autres aux particuliers.',
    'Each service chooses the accounts that it accepts. Some are for professionals only, others for private life.',
    'تختار كل خدمة الحسابات التي تقبلها. بعضها مخصص للمهنيين وبعضها للأفراد.',
    'choose',
  ],
  provider_too_low: [
    'Un compte ouvert avec un simple mot de passe ne suffit pas à ce service.',
    'An account that opens with a mere password is not enough for this service.',
    'الحساب الذي يُفتح بمجرد كلمة مرور لا يكفي لهذه الخدمة.',
    'level',
  ],
  provider_blocked: [
    'Le blocage ne touche que ce compte. Les autres continuent de marcher.',
    'The block concerns this account only. The others go on working.',
    'الحظر يخص هذا الحساب وحده. أما الحسابات الأخرى فتستمر في العمل.',
    'theft',
  ],
  provider_silent: [
    'Le site de ce compte est en panne ou débordé, ou une liaison est coupée entre lui et nous.',
    'The site of this account is down or overloaded, or a line between it and us is cut.',
    'موقع هذا الحساب معطّل أو مثقل، أو انقطع الاتصال بيننا وبينه.',
    'unavailable',
  ],
  provider_refused: [
    'Il ne nous dit pas toujours pourquoi : un mot de passe faux, un compte fermé, une règle à lui.',
    'It does not always tell us why: a wrong password, a closed account, a rule of its own.',
    'لا يخبرنا بالسبب دائمًا: كلمة مرور خاطئة، أو حساب مغلق، أو قاعدة خاصة به.',
    'unavailable',
    'abroad',
  ],
  provider_cancelled: [
    'Vous avez appuyé sur « Annuler » ou sur le bouton de retour du navigateur.',
    'You pressed “Cancel”, or the back button of the browser.',
    'ضغطت على «إلغاء» أو على زر الرجوع في المتصفح.',
    'choose',
  ],
  provider_answer_invalid: [
    'Le plus souvent, c’est un mauvais réglage chez le fournisseur. Plus rarement, quelqu’un a voulu modifier la réponse en chemin.',
    'Most often it is a wrong setting at the provider. More rarely, somebody tried to change the answer on its way.',
    'في الغالب هو إعداد خاطئ لدى المزوّد. ونادرًا ما يكون أحد قد حاول تغيير الجواب في الطريق.',
    'unavailable',
  ],
  provider_level_not_allowed: [
    'Chaque fournisseur est reconnu jusqu’à un certain niveau. Celui-ci a dit plus que ce qui lui est permis.',
    'Each provider is recognised up to a certain level. This one claimed more than it may.',
    'كل مزوّد معترف به حتى مستوى معيّن. وهذا المزوّد أعلن أكثر مما يُسمح له به.',
    'level',
  ],
  level_not_reached: [
    'Ce compte connaît plusieurs façons de s’identifier, et celle d’aujourd’hui était la moins sûre.',
    'This account knows several ways to sign in, and the one of today was the least secure.',
    'لهذا الحساب عدة طرق للدخول، والطريقة المستعملة اليوم هي الأقل أمانًا.',
    'level',
  ],
  callback_without_state: [
    'L’adresse a été coupée, ou ouverte à la main.',
    'The address was cut short, or opened by hand.',
    'العنوان ناقص أو فُتح يدويًا.',
    'choose',
  ],
  callback_foreign_browser: [
    'Il arrive aussi que le lien s’ouvre dans une application, et non dans le navigateur où vous aviez commencé.',
    'It also happens that the link opens in an application, and not in the browser where you had begun.',
    'قد يحدث أيضًا أن يُفتح الرابط في تطبيق لا في المتصفح الذي بدأت فيه.',
    'message',
    'choose',
  ],
  callback_replayed: [
    'Vous avez rechargé la page, ou utilisé le bouton de retour du navigateur.',
    'You reloaded the page, or used the back button of the browser.',
    'أعدت تحميل الصفحة أو استعملت زر الرجوع في المتصفح.',
    'choose',
  ],
  no_provider_usable: [
    'Ce service accepte peu de comptes, et tous sont arrêtés au même moment.',
    'This service accepts few accounts, and all of them are stopped at the same time.',
    'تقبل هذه الخدمة حسابات قليلة، وكلها متوقفة في الوقت نفسه.',
    'unavailable',
    'deadline',
  ],
  provider_means_refused: [
    'Par exemple, le service demande deux preuves et ce compte n’en a donné qu’une, ou une date de validité est passée.',
    'For example, the service asks for two proofs and this account gave only one, or a term of validity is over.',
    'مثلًا تطلب الخدمة إثباتين وهذا الحساب قدّم واحدًا فقط، أو انتهت مدة صلاحية.',
    'level',
  ],
  country_refused: [
    'Le hub voit le pays du réseau, pas celui de la personne : un VPN, ou le réseau d’une entreprise, peut montrer un autre pays.',
    'The hub sees the country of the network, not of the person: a VPN, or the network of a company, can show another country.',
    'ترى المنصّة بلد الشبكة لا بلد الشخص: قد تُظهر شبكة VPN أو شبكة شركة بلدًا آخر.',
    'abroad',
  ],
  country_needs_proof: [
    'Le hub voit le pays du réseau. Un voyage déclaré, ou un appareil déjà utilisé au pays, peut dispenser de cette preuve.',
    'The hub sees the country of the network. A declared trip, or a device that was used at home, can make up for this proof.',
    'ترى المنصّة بلد الشبكة. وقد يُغني عن هذا الإثبات سفر مُصرَّح به أو جهاز سبق استعماله في البلد.',
    'abroad',
  ],
  nobody_to_act_for: [
    'Un mandat peut aussi avoir pris fin, ne pas valoir pour ce service, ou demander un compte de niveau plus élevé.',
    'A mandate may also have ended, not be good for this service, or take an account of a higher level.',
    'قد يكون التوكيل انتهى أيضًا، أو لا يشمل هذه الخدمة، أو يتطلب حسابًا بمستوى أعلى.',
    'mandates',
  ],
  request_malformed: [
    'C’est une erreur dans le programme de ce site. Vous ne pouvez pas la corriger.',
    'It is a mistake in the program of that site. You cannot correct it.',
    'هذا خطأ في برنامج ذلك الموقع. لا يمكنك تصحيحه.',
    'deadline',
  ],
  client_unknown: [
    'Soit ce site n’est plus inscrit, soit c’est une imitation. Regardez bien son adresse.',
    'Either that site is no longer registered, or it is an imitation. Look closely at its address.',
    'إما أن هذا الموقع لم يعد مسجّلًا، أو أنه تقليد. انظر إلى عنوانه بانتباه.',
    'message',
  ],
  redirect_uri_unknown: [
    'Soit ce site a changé d’adresse sans nous le dire, soit quelqu’un voudrait vous envoyer ailleurs.',
    'Either that site has changed its address without telling us, or somebody would like to send you elsewhere.',
    'إما أن هذا الموقع غيّر عنوانه دون أن يخبرنا، أو أن أحدًا يريد إرسالك إلى مكان آخر.',
    'message',
  ],
  person_cancelled: [
    'C’était votre choix : ce code existe pour que le service le sache.',
    'It was your choice: this code exists so that the service knows.',
    'كان ذلك اختيارك: هذا الرمز موجود لتعلم الخدمة بذلك.',
    'choose',
  ],
  login_required: [
    'Le service a voulu vous reconnaître sans vous montrer de page. Ce n’est possible que si vous êtes connecté depuis peu.',
    'The service wanted to recognise you without showing you a page. That is possible only if you have signed in recently.',
    'أرادت الخدمة التعرّف عليك دون أن تُظهر لك صفحة. لا يمكن ذلك إلا إذا كنت قد دخلت منذ وقت قصير.',
    'choose',
  ],
  interaction_required: [
    'Par exemple, il faut vous montrer ce qui va être transmis.',
    'For example, you have to be shown what will be sent.',
    'مثلًا يجب أن نُظهر لك ما سيُرسَل.',
    'choose',
  ],
  message_not_sent: [
    'La messagerie ou l’opérateur de téléphone est en panne, ou l’adresse n’existe plus.',
    'The mail or telephone network is down, or the address does not exist any more.',
    'خدمة البريد أو شركة الهاتف معطّلة، أو لم يعد العنوان موجودًا.',
    'contacts',
  ],
  means_busy: [
    'Beaucoup de personnes s’identifient au même moment.',
    'Many people are signing in at the same time.',
    'كثير من الناس يدخلون في الوقت نفسه.',
    'unavailable',
  ],
  certificate_refused: [
    'Une carte porte souvent plusieurs certificats ; celui qui sert à signer des documents ne sert pas à se connecter. Ou bien la carte est d’un modèle trop ancien.',
    'A card often holds several certificates; the one for signing documents is not for signing in. Or the card is of a model that is too old.',
    'كثيرًا ما تحمل البطاقة عدة شهادات، وشهادة توقيع الوثائق لا تصلح لتسجيل الدخول. أو أن طراز البطاقة قديم جدًا.',
    'card',
  ],
  certificate_expired: [
    'Une carte vaut quelques années. Son certificat peut finir avant la date imprimée dessus.',
    'A card is valid for some years. Its certificate may end before the date that is printed on it.',
    'صلاحية البطاقة بضع سنوات، وقد تنتهي شهادتها قبل التاريخ المطبوع عليها.',
    'card',
  ],
  certificate_revoked: [
    'Une carte déclarée perdue, volée ou remplacée ne marche plus nulle part, même si on la retrouve.',
    'A card that was reported lost, stolen or replaced works nowhere any more, even when it is found again.',
    'البطاقة التي أُبلغ عن فقدانها أو سرقتها أو استبدالها لا تعمل في أي مكان، حتى إن عُثر عليها.',
    'card',
  ],
  certificate_unknown_issuer: [
    'Le navigateur a pu proposer un autre certificat installé sur l’ordinateur, par exemple celui d’une entreprise.',
    'The browser may have offered another certificate that is installed on the computer, for example that of a company.',
    'ربما عرض المتصفح شهادة أخرى مثبتة على الحاسوب، كشهادة شركة مثلًا.',
    'card',
  ],
  certificate_unverifiable: [
    'Le serveur de l’organisme qui délivre les cartes est en panne, ou une liaison est coupée entre lui et nous.',
    'The server of the body that issues the cards is down, or a line between it and us is cut.',
    'خادم الجهة التي تصدر البطاقات معطّل، أو انقطع الاتصال بيننا وبينه.',
    'unavailable',
  ],
  not_found: [
    'La page a pu être retirée. Si l’adresse venait d’un message, méfiez-vous de ce message : les nôtres ne contiennent pas de lien.',
    'The page may have been taken away. If the address came from a message, beware of that message: ours hold no link.',
    'ربما أُزيلت الصفحة. وإذا جاء العنوان من رسالة فاحذرها: رسائلنا لا تتضمن روابط.',
    'message',
  ],
  not_allowed: [
    'Vous êtes peut-être connecté avec un autre compte que d’habitude.',
    'You may be signed in with another account than usual.',
    'ربما دخلت بحساب غير حسابك المعتاد.',
    'choose',
  ],
  form_foreign: [
    'La page était ouverte depuis longtemps, vos cookies ont été effacés, ou un autre site a tenté d’agir à votre place.',
    'The page had been open for a long time, your cookies were deleted, or another site tried to act in your place.',
    'كانت الصفحة مفتوحة منذ مدة طويلة، أو مُسحت ملفات الارتباط، أو حاول موقع آخر أن يتصرف مكانك.',
    'message',
  ],
  too_many_requests: [
    'Dans un bureau ou un hôpital, tout le monde partage la même adresse de réseau : d’autres que vous ont pu demander beaucoup.',
    'In an office or a hospital everybody shares the same network address: others than you may have asked a lot.',
    'في مكتب أو مستشفى يتقاسم الجميع عنوان الشبكة نفسه: ربما أرسل غيرك طلبات كثيرة.',
    'unavailable',
  ],
  wrong_host: [
    'Un lien ancien ou une imitation de notre site a pu vous mener ici.',
    'An old link, or an imitation of our site, may have led you here.',
    'ربما أوصلك إلى هنا رابط قديم أو تقليد لموقعنا.',
    'message',
  ],
  database_unavailable: [
    'Nous en sommes prévenus aussitôt. Ces pannes durent en général quelques minutes.',
    'We are told of it at once. Such outages usually last a few minutes.',
    'يصلنا خبر ذلك فورًا. وتدوم هذه الأعطال عادةً بضع دقائق.',
    'deadline',
  ],
  internal: [
    'C’est un défaut de notre programme. Votre signalement nous aide à le trouver.',
    'It is a defect of our program. Your report helps us find it.',
    'هذا عيب في برنامجنا. بلاغك يساعدنا على إيجاده.',
    'deadline',
  ],
  settings_invalid: [
    'Quelqu’un de chez nous doit corriger un réglage. Vous n’y pouvez rien.',
    'Somebody on our side has to correct a setting. There is nothing you can do.',
    'على أحد من فريقنا تصحيح إعداد. لا يمكنك فعل شيء.',
    'deadline',
  ],
  data_folder_busy: [
    'Cela arrive pendant une remise en route.',
    'It happens while the system is being restarted.',
    'يحدث هذا أثناء إعادة التشغيل.',
    'deadline',
  ],
  schema_unknown: [
    'Cela arrive pendant une mise à jour.',
    'It happens during an update.',
    'يحدث هذا أثناء تحديث.',
    'deadline',
  ],
  request_unreadable: [
    'L’adresse a été mal recopiée, ou une extension du navigateur a changé le formulaire.',
    'The address was badly copied, or an extension of the browser changed the form.',
    'نُسخ العنوان خطأً، أو غيّرت إضافة في المتصفح الاستمارة.',
    'choose',
  ],
  request_too_large: [
    'Un texte collé dans un champ était beaucoup plus long que prévu.',
    'A text pasted into a field was much longer than expected.',
    'نص أُلصق في حقل كان أطول بكثير من المتوقع.',
    'choose',
  ],
  master_key_wrong: [
    'Quelqu’un de chez nous doit intervenir. Vos données restent chiffrées.',
    'Somebody on our side has to step in. Your data stay encrypted.',
    'على أحد من فريقنا التدخل. تبقى بياناتك مشفّرة.',
    'deadline',
  ],
  flow_expired: [
    'Une page laissée ouverte pourrait servir à quelqu’un d’autre.',
    'A page that is left open could serve somebody else.',
    'الصفحة المتروكة مفتوحة قد يستعملها شخص آخر.',
    'choose',
  ],
  flow_foreign_browser: [
    'La navigation privée efface aussi ce qui nous permet de vous suivre d’une étape à l’autre.',
    'Private browsing also deletes what lets us follow you from one step to the next.',
    'التصفح الخاص يمحو أيضًا ما يتيح لنا متابعتك من خطوة إلى أخرى.',
    'choose',
  ],
  flow_out_of_step: [
    'La même connexion est ouverte dans deux onglets, ou vous avez utilisé le bouton de retour.',
    'The same sign-in is open in two tabs, or you used the back button.',
    'عملية الدخول نفسها مفتوحة في صفحتين، أو استعملت زر الرجوع.',
    'choose',
  ],
  session_needed: [
    'Une session s’arrête après un temps sans activité, pour que personne ne prenne votre place.',
    'A session ends after some time without activity, so that nobody takes your place.',
    'تنتهي الجلسة بعد مدة من عدم النشاط حتى لا يأخذ أحد مكانك.',
    'shared',
  ],
  other_person: [
    'Sur un appareil partagé, quelqu’un d’autre ne s’était pas déconnecté. Ou bien vos deux comptes ne portent pas la même identité.',
    'On a shared device, somebody else had not signed out. Or your two accounts do not carry the same identity.',
    'على جهاز مشترك لم يسجّل شخص آخر خروجه. أو أن حسابيك لا يحملان الهوية نفسها.',
    'shared',
    'identity',
  ],
  operator_signed_out: [
    'Cette page est réservée aux personnes qui font marcher ce site.',
    'This page is for the people who run this site.',
    'هذه الصفحة مخصصة لمن يديرون هذا الموقع.',
  ],
  operator_role_missing: [
    'Chaque fonction donne accès à certaines pages, et à elles seules.',
    'Each role gives access to some pages, and to those only.',
    'كل وظيفة تتيح صفحات معيّنة لا غير.',
  ],
  operator_refused: [
    'Cette page est réservée aux personnes qui font marcher ce site. Les comptes du public n’y servent pas.',
    'This page is for the people who run this site. Accounts of the public do not serve there.',
    'هذه الصفحة مخصصة لمن يديرون هذا الموقع. حسابات الجمهور لا تصلح فيها.',
  ],
  invitation_unusable: [
    'Si vous n’avez jamais ouvert ce lien, quelqu’un d’autre l’a peut-être fait : dites-le à qui vous a invité.',
    'If you have never opened this link, somebody else may have: tell whoever invited you.',
    'إذا لم تفتح هذا الرابط قط فربما فتحه غيرك: أخبر من دعاك.',
  ],
  passkey_not_registered: [
    'L’appareil ne connaît pas les clés d’accès, ou la demande a été interrompue.',
    'The device does not know passkeys, or the request was interrupted.',
    'الجهاز لا يعرف مفاتيح المرور، أو قُطع الطلب.',
  ],
  staff_signed_out: [
    'Cette page est réservée aux personnes qui travaillent pour un service ou un fournisseur.',
    'This page is for the people who work for a service or a provider.',
    'هذه الصفحة مخصصة لمن يعملون لدى خدمة أو مزوّد.',
  ],
  staff_role_missing: [
    'Chaque fonction donne accès à certaines pages, et à elles seules.',
    'Each role gives access to some pages, and to those only.',
    'كل وظيفة تتيح صفحات معيّنة لا غير.',
  ],
  staff_refused: [
    'Cette page est réservée aux personnes qui travaillent pour un service ou un fournisseur. Les comptes du public n’y servent pas.',
    'This page is for the people who work for a service or a provider. Accounts of the public do not serve there.',
    'هذه الصفحة مخصصة لمن يعملون لدى خدمة أو مزوّد. حسابات الجمهور لا تصلح فيها.',
  ],
  staff_link_unusable: [
    'Si vous n’avez jamais ouvert ce lien, quelqu’un d’autre l’a peut-être fait : dites-le à qui vous a invité.',
    'If you have never opened this link, somebody else may have: tell whoever invited you.',
    'إذا لم تفتح هذا الرابط قط فربما فتحه غيرك: أخبر من دعاك.',
  ],
}

const places: Record<Language, 0 | 1 | 2> = { fr: 0, en: 1, ar: 2 }

export const causeOf = (error: ErrorName, language: Language): string => causes[error][places[language]]

export const chaptersAbout = (error: ErrorName): readonly ChapterName[] => causes[error].slice(3) as ChapterName[]
