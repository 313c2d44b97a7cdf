/**
 * What is wrong with a field of the settings, or worth a second look, as pages say it beside the field: the codes of
 * `problems.ts` in each language. Faults go on after "field:", what is worth a second look stands by itself.
 */
import type { Messages, Translate } from '../http/messages.ts'
import { inEachLanguage, type Language, languages } from '../kernel/languages.ts'
import type { Registry } from './partners.ts'
import type { ProblemCode, Said } from './problems.ts'

/** What is wrong, in the language of `t`. */
export const faultText = ({ code, values }: Said, t: Translate): string => t(`fault.${code}`, values)

/** What is worth a second look, in the language of `t`. */
export const warningText = faultText

/** A warning with the name that everybody reads of a provider, in place of its id. */
export function named<S extends Said>(said: S, { providers }: Pick<Registry, 'providers'>, language: Language): S {
  const provider = providers.get(String(said.values?.id))
  return provider ? { ...said, values: { ...said.values, id: provider.name[language] } } : said
}

/** French, English, Arabic. */
const texts: Record<ProblemCode, readonly [string, string, string]> = {
  // Of any field
  missing: ['à remplir.', 'to be filled in.', 'يجب ملء هذه الخانة.'],
  wrong_type: [
    'cette valeur n’est pas de la bonne sorte.',
    'this value is not of the right kind.',
    'هذه القيمة ليست من النوع المطلوب.',
  ],
  not_that: [
    'seule valeur possible : {offered}.',
    'the only possible value is {offered}.',
    'القيمة الوحيدة الممكنة هي {offered}.',
  ],
  not_one_of: ['à choisir parmi : {offered}.', 'to be chosen among: {offered}.', 'يجب الاختيار من بين: {offered}.'],
  empty: ['à remplir.', 'to be filled in.', 'يجب ملء هذه الخانة.'],
  too_low: ['{least} au moins.', '{least} at least.', '{least} على الأقل.'],
  too_high: ['{most} au plus.', '{most} at most.', '{most} على الأكثر.'],
  too_long: [
    'trop long : {most} caractères au plus.',
    'too long: {most} characters at most.',
    'طويل جدًّا: {most} حرفًا على الأكثر.',
  ],
  too_many: [
    'trop de lignes : {most} au plus.',
    'too many entries: {most} at most.',
    'عدد كبير جدًّا: {most} على الأكثر.',
  ],
  key_not_allowed: [
    'un des noms donnés ici n’est pas permis.',
    'one of the names given here is not allowed.',
    'أحد الأسماء المذكورة هنا غير مسموح به.',
  ],
  unknown_key: ['ce réglage n’existe pas.', 'there is no such setting.', 'لا وجود لهذا الإعداد.'],
  not_valid: ['cette valeur ne convient pas.', 'this value is not valid.', 'هذه القيمة غير صالحة.'],
  twice: ['la même valeur y est deux fois.', 'the same value is there twice.', 'القيمة نفسها مكرّرة.'],
  not_text: ['un texte est attendu.', 'a text is expected.', 'يجب أن تكون القيمة نصًّا.'],
  not_an_instant: [
    'une date et une heure avec leur fuseau sont attendues, par exemple 2027-01-31T12:00:00Z.',
    'a date and time with its zone is expected, for example 2027-01-31T12:00:00Z.',
    'يجب إدخال تاريخ ووقت مع المنطقة الزمنية، مثل 2027-01-31T12:00:00Z.',
  ],
  not_one_line: [
    'une seule ligne de texte, sans espace au début ni à la fin.',
    'one line of text, without spaces at either end.',
    'سطر واحد من النصّ، دون فراغ في أوّله أو آخره.',
  ],
  not_an_id: [
    'des lettres minuscules sans accent, des chiffres et des tirets simples, 64 signes au plus ; une lettre pour commencer.',
    'small letters, digits and single hyphens, 64 signs at most, beginning with a letter.',
    'أحرف لاتينية صغيرة وأرقام وشرطات مفردة، 64 علامة على الأكثر، تبدأ بحرف.',
  ],
  not_a_mailbox: [
    'ce n’est pas une adresse de courriel.',
    'this is not an e-mail address.',
    'ليس هذا عنوان بريد إلكتروني.',
  ],
  not_a_country: [
    'les deux lettres d’un pays sont attendues, par exemple FR.',
    'the two letters of a country are expected, for example FR.',
    'يجب إدخال حرفَي البلد، مثل FR.',
  ],

  // Addresses
  not_an_address: [
    'une adresse complète est attendue, qui commence par https://.',
    'a whole address is expected, beginning with https://.',
    'يجب إدخال عنوان كامل يبدأ بـ https://.',
  ],
  address_scheme: [
    'l’adresse doit commencer par https://.',
    'the address must begin with https://.',
    'يجب أن يبدأ العنوان بـ https://.',
  ],
  address_not_https: [
    'l’adresse doit commencer par https:// : sans chiffrement, n’importe qui sur le chemin lit ce qui passe.',
    'the address must begin with https://: without encryption, anybody on the way reads what passes.',
    'يجب أن يبدأ العنوان بـ https://: فبدون تشفير يستطيع أيّ أحد على الطريق قراءة ما يمرّ.',
  ],
  address_user: [
    'l’adresse ne doit contenir ni nom d’utilisateur ni mot de passe.',
    'the address must not hold a user name or a password.',
    'يجب ألّا يتضمّن العنوان اسم مستخدم أو كلمة سرّ.',
  ],
  address_wildcard: [
    'une adresse exacte est attendue : l’étoile (*) n’en remplace pas plusieurs. Donnez chaque adresse sur sa ligne.',
    'one exact address is expected: a star (*) does not stand for several. Give each address on its own line.',
    'يجب إدخال عنوان دقيق: النجمة (*) لا تحلّ محلّ عدّة عناوين. أدخل كلّ عنوان في سطره.',
  ],
  address_fragment: [
    'l’adresse ne doit pas contenir de « # » : ce qui le suit n’arrive jamais au serveur.',
    'the address must not hold a “#”: what follows it never reaches the server.',
    'يجب ألّا يتضمّن العنوان علامة «#»: فما بعدها لا يصل إلى الخادم أبدًا.',
  ],
  address_query: [
    'l’adresse ne doit pas contenir de « ? ».',
    'the address must not hold a “?”.',
    'يجب ألّا يتضمّن العنوان علامة «?».',
  ],
  address_spelling: [
    'l’adresse doit s’écrire de la façon habituelle : nom en minuscules, sans port par défaut, ni « .. », ni espace.',
    'the address must be in its usual spelling: host in small letters, no default port, no “..”, no space.',
    'يجب كتابة العنوان بالطريقة المعتادة: الاسم بأحرف صغيرة، دون المنفذ المعتاد ولا «..» ولا فراغ.',
  ],
  address_private: [
    'cette adresse mène dans un réseau privé : le hub doit pouvoir l’appeler par Internet.',
    'this address leads into a private network: the hub must be able to call it over the Internet.',
    'يؤدّي هذا العنوان إلى شبكة خاصّة: يجب أن تتمكّن المنصّة من الوصول إليه عبر الإنترنت.',
  ],

  // Keys and secrets
  key_private: [
    'cette clé contient sa partie privée : ne donnez que la partie publique, et changez de clé, car celle-ci a circulé.',
    'this key holds its private part: give the public part only, and change the key, because this one has travelled.',
    'يتضمّن هذا المفتاح جزأه الخاصّ: أدخل الجزء العامّ فقط، وغيّر المفتاح لأنّه انتقل خارج مكانه.',
  ],
  key_small: [
    'clé trop courte : {least} bits au moins.',
    'key too short: {least} bits at least.',
    'المفتاح قصير جدًّا: {least} بت على الأقل.',
  ],
  key_exponent: [
    'l’exposant public de cette clé ne convient pas : 65537 est l’usage.',
    'the public exponent of this key will not do: 65537 is usual.',
    'الأسّ العامّ لهذا المفتاح غير مناسب: المعتاد هو 65537.',
  ],
  key_curve: [
    'la courbe de cette clé n’est pas acceptée : P-256, P-384, P-521 ou Ed25519.',
    'the curve of this key is not taken: P-256, P-384, P-521 or Ed25519.',
    'منحنى هذا المفتاح غير مقبول: P-256 أو P-384 أو P-521 أو Ed25519.',
  ],
  key_of_program: [
    'il faut une clé pour signer : RSA d’au moins 2048 bits, P-256 ou Ed25519.',
    'a key for signatures is needed: RSA of at least 2048 bits, P-256 or Ed25519.',
    'يلزم مفتاح للتوقيع: RSA من 2048 بتًّا على الأقل، أو P-256، أو Ed25519.',
  ],
  not_a_key: [
    'ce n’est pas une clé publique au format JWK.',
    'this is not a public key in JWK form.',
    'ليس هذا مفتاحًا عامًّا بصيغة JWK.',
  ],
  scopes_not_party: [
    'un programme d’un partenaire n’a que les droits de partenaire.',
    'a program of a partner has the rights of partners alone.',
    'لا يملك برنامج الشريك إلا حقوق الشركاء.',
  ],
  scopes_not_hub: [
    'un programme du hub n’a aucun droit de partenaire.',
    'a program of the hub has none of the rights of partners.',
    'لا يملك برنامج المنصة أي حق من حقوق الشركاء.',
  ],
  keys_same_kid: [
    'chaque clé doit avoir son propre identifiant (kid).',
    'each key must have an identifier (kid) of its own.',
    'يجب أن يكون لكلّ مفتاح معرّف (kid) خاصّ به.',
  ],
  keys_needed: [
    'avec private_key_jwt, donnez les clés publiques ici ou leur adresse, l’un des deux exactement.',
    'with private_key_jwt, give the public keys here or their address, exactly one of the two.',
    'مع private_key_jwt، أدخل المفاتيح العامّة هنا أو عنوانها، أحدهما فقط.',
  ],
  keys_unused: [
    'les clés ne servent qu’avec private_key_jwt : laissez vide.',
    'keys are for private_key_jwt only: leave it empty.',
    'لا تُستعمل المفاتيح إلّا مع private_key_jwt: اترك الخانة فارغة.',
  ],
  gateway_keys: [
    'donnez les clés publiques de la passerelle ou leur adresse, l’un des deux exactement.',
    'give the public keys of the gateway or their address, exactly one of the two.',
    'أدخل المفاتيح العامّة للبوّابة أو عنوانها، أحدهما فقط.',
  ],
  secret_sources: [
    'le secret doit être donné d’une seule façon.',
    'the secret must be given in one way only.',
    'يجب إعطاء السرّ بطريقة واحدة فقط.',
  ],
  secret_file: [
    'ce secret est dans un fichier qui ne se lit pas.',
    'this secret is in a file that cannot be read.',
    'هذا السرّ في ملفّ لا يمكن قراءته.',
  ],
  secret_env: [
    'ce secret n’est pas dans l’environnement ({name}).',
    'this secret is not in the environment ({name}).',
    'هذا السرّ غير موجود في البيئة ({name}).',
  ],
  secret_ascii: [
    'le secret doit être fait de lettres sans accent, de chiffres et de signes courants, et ne pas être vide.',
    'the secret must be made of plain letters, digits and common signs, and not be empty.',
    'يجب أن يتكوّن السرّ من أحرف لاتينية وأرقام وعلامات شائعة، وألّا يكون فارغًا.',
  ],
  secret_weak: [
    'secret trop faible : 32 octets tirés au hasard au moins.',
    'secret too weak: at least 32 random bytes.',
    'السرّ ضعيف جدًّا: 32 بايتًا عشوائيًّا على الأقل.',
  ],
  secret_needed: [
    'il manque un secret : faites-en un avant de publier.',
    'a secret is missing: make one before publishing.',
    'ينقص سرّ: أنشئ واحدًا قبل النشر.',
  ],
  secrets_two: [
    'deux secrets sont en vigueur : le plus ancien doit avoir une fin.',
    'two secrets are in force: the older one needs an end.',
    'هناك سرّان ساريان: يجب أن تكون للأقدم نهاية.',
  ],
  secrets_same: ['le même secret y est deux fois.', 'the same secret is there twice.', 'السرّ نفسه مكرّر.'],
  secrets_unused: [
    'avec private_key_jwt il n’y a pas de secret.',
    'with private_key_jwt there is no secret.',
    'لا يوجد سرّ مع private_key_jwt.',
  ],
  secret_not_kept: [
    'aucun secret en vigueur ne peut être conservé ici.',
    'no secret in force can be kept here.',
    'لا يوجد سرّ سارٍ يمكن الاحتفاظ به هنا.',
  ],
  client_secret_needed: [
    'il manque le secret que le hub présente à ce fournisseur.',
    'the secret that the hub presents to this provider is missing.',
    'ينقص السرّ الذي تقدّمه المنصّة إلى هذا المزوّد.',
  ],
  client_secret_unused: [
    'avec private_key_jwt le hub présente ses propres clés : il n’y a pas de secret.',
    'with private_key_jwt the hub presents its own keys: there is no secret.',
    'مع private_key_jwt تقدّم المنصّة مفاتيحها الخاصّة: لا يوجد سرّ.',
  ],
  client_secret_not_kept: [
    'aucun secret n’est en vigueur : donnez-le.',
    'no secret is in force: give it.',
    'لا يوجد سرّ سارٍ: أدخله.',
  ],
  client_secret_elsewhere: [
    'l’adresse du fournisseur change : donnez le secret à nouveau, pour que l’ancien ne parte pas ailleurs.',
    'the provider’s address changes: give the secret again, so that the one in force does not go elsewhere.',
    'تغيّر عنوان المزوّد: أدخل السرّ من جديد حتى لا يُرسل السرّ الحالي إلى جهة أخرى.',
  ],

  // Logos
  logo_heavy: [
    'logo trop lourd : {most} ko au plus.',
    'logo too heavy: {most} kB at most.',
    'الشعار ثقيل جدًّا: {most} كيلوبايت على الأكثر.',
  ],
  logo_plain: [
    'un SVG simple est attendu : des éléments, des attributs entre guillemets et des commentaires seulement.',
    'a plain SVG is expected: elements, attributes in quotes and comments only.',
    'يجب أن يكون SVG بسيطًا: عناصر وخصائص بين علامات اقتباس وتعليقات فقط.',
  ],
  logo_outside: [
    'il ne doit rien y avoir hors de l’élément svg.',
    'there must be nothing outside the svg element.',
    'يجب ألّا يوجد شيء خارج عنصر svg.',
  ],
  logo_closes: [
    'l’élément {element} est fermé sans être ouvert.',
    'the element {element} is closed where it is not open.',
    'العنصر {element} مغلق دون أن يكون مفتوحًا.',
  ],
  logo_unclosed: [
    'l’élément {element} n’est pas fermé.',
    'the element {element} is not closed.',
    'العنصر {element} غير مغلق.',
  ],
  logo_root: ['un seul élément svg est attendu.', 'one svg element is expected.', 'يجب أن يكون هناك عنصر svg واحد.'],
  logo_element: [
    'l’élément {element} n’est pas permis dans un logo.',
    'the element {element} is not allowed in a logo.',
    'العنصر {element} غير مسموح به في الشعار.',
  ],
  logo_attribute_twice: [
    'l’élément {element} a deux fois le même attribut.',
    'the element {element} has an attribute twice.',
    'للعنصر {element} خاصّية مكرّرة.',
  ],
  logo_attribute: [
    'l’attribut {attribute} n’est pas permis dans un logo.',
    'the attribute {attribute} is not allowed in a logo.',
    'الخاصّية {attribute} غير مسموح بها في الشعار.',
  ],
  logo_namespace: [
    'l’espace de noms doit être {namespace}.',
    'the namespace must be {namespace}.',
    'يجب أن يكون فضاء الأسماء {namespace}.',
  ],
  logo_href: [
    'le logo ne doit renvoyer qu’à ses propres parties.',
    'the logo must refer only to its own parts.',
    'يجب ألّا يحيل الشعار إلّا إلى أجزائه.',
  ],
  logo_reference: [
    'le logo ne doit renvoyer qu’à ses propres parties ({attribute}).',
    'the logo must refer only to its own parts ({attribute}).',
    'يجب ألّا يحيل الشعار إلّا إلى أجزائه ({attribute}).',
  ],
  logo_square: [
    'le logo doit être carré : viewBox="0 0 n n".',
    'the logo must be square: viewBox="0 0 n n".',
    'يجب أن يكون الشعار مربّعًا: viewBox="0 0 n n".',
  ],

  // Services
  needs_openid: [
    'openid doit toujours en faire partie.',
    'openid must always be among them.',
    'يجب أن تتضمّن openid دائمًا.',
  ],
  not_a_sector: [
    'un nom de domaine en minuscules est attendu.',
    'a host name in small letters is expected.',
    'يجب إدخال اسم نطاق بأحرف صغيرة.',
  ],
  sector_needed: [
    'les adresses de retour sont sur plusieurs domaines : dites sous lequel les personnes sont connues.',
    'the redirect addresses are on several hosts: say under which one people are known.',
    'عناوين العودة على عدّة نطاقات: حدّد النطاق الذي يُعرف به الأشخاص.',
  ],
  sector_taken: [
    '{sector} est déjà le secteur d’un autre partenaire ({owner}).',
    '{sector} is already the sector of another partner ({owner}).',
    '{sector} هو بالفعل قطاع شريك آخر ({owner}).',
  ],
  sector_was_taken: [
    '{sector} était le secteur d’un autre partenaire ({owner}) : les personnes y seraient connues par les mêmes identifiants.',
    '{sector} was the sector of another partner ({owner}): people would be known by the same identifiers.',
    'كان {sector} قطاع شريك آخر ({owner}): سيُعرف الأشخاص بالمعرّفات نفسها.',
  ],
  sector_another: [
    '{sector} appartient à quelqu’un d’autre.',
    '{sector} belongs to somebody else.',
    '{sector} يعود إلى جهة أخرى.',
  ],
  choice_missing: [
    'à remplir : tous les fournisseurs, ou une liste.',
    'to be filled in: all providers, or a list.',
    'يجب الملء: كلّ المزوّدين، أو قائمة.',
  ],
  choice: [
    'tous les fournisseurs, ou une liste sans répétition.',
    'all providers, or a list without repetition.',
    'كلّ المزوّدين، أو قائمة دون تكرار.',
  ],
  provider_unknown: ['{id} n’est pas un fournisseur.', '{id} is not a provider.', '{id} ليس مزوّدًا.'],
  service_unknown: ['{id} n’est pas un service.', '{id} is not a service.', '{id} ليس خدمة.'],
  hint_not_taken: [
    'un de ces fournisseurs n’est pas parmi ceux du service.',
    'one of these providers is not among those of the service.',
    'أحد هؤلاء المزوّدين ليس من مزوّدي الخدمة.',
  ],
  risk_profile_needed: [
    'un service qui accepte un mot de passe seul dit où ses mesures sont écrites.',
    'a service that takes a password alone says where its measures are written.',
    'على الخدمة التي تقبل كلمة السرّ وحدها أن تذكر أين كُتبت إجراءاتها.',
  ],
  geography_level_unused: [
    'laissez vide : ailleurs le service est fermé, aucun niveau ne l’ouvre.',
    'leave it empty: elsewhere the service is closed, and no level opens it.',
    'اترك الخانة فارغة: الخدمة مغلقة خارج هذه البلدان، ولا يفتحها أي مستوى.',
  ],
  representation_needed: [
    'dites ce qui peut être fait pour une organisation : la donnée representation en a besoin.',
    'say what may be done for an organisation: the scope representation needs it.',
    'بيّن ما يمكن فعله باسم منظمة: البيان representation يحتاج إليه.',
  ],
  representation_remote_wider: [
    'une de ces actions n’est pas de celles que le service admet.',
    'one of these actions is not among those that the service takes.',
    'أحد هذه الأفعال ليس مما تقبله الخدمة.',
  ],
  representation_remote_unused: [
    'laissez le reste vide : ce qui est fermé à distance ne s’ouvre à aucun niveau.',
    'leave the rest empty: what is closed from afar opens at no level.',
    'اترك الباقي فارغًا: ما هو مغلق عن بُعد لا يفتحه أي مستوى.',
  ],
  service_secret_scope: [
    'ce réglage va avec la donnée service_secret : les deux, ou aucun.',
    'this setting goes with the scope service_secret: both, or neither.',
    'هذا الإعداد مرتبط بـ service_secret: كلاهما أو لا شيء.',
  ],
  service_secret_short: [
    'trop court : 39 chiffres, 32 chiffres hexadécimaux, 22 lettres et chiffres ou 20 signes au moins.',
    'too short: at least 39 digits, 32 hexadecimal digits, 22 letters and digits, or 20 signs.',
    'قصير جدًّا: 39 رقمًا أو 32 رقمًا ستّ عشريًّا أو 22 حرفًا ورقمًا أو 20 علامة على الأقل.',
  ],
  justification_length: [
    'dites pourquoi, en {least} à {most} caractères, sur une ligne.',
    'say why, in {least} to {most} characters, on one line.',
    'اذكر السبب في {least} إلى {most} حرفًا، في سطر واحد.',
  ],
  justification_unasked: [
    'une raison est donnée pour une donnée que le service ne demande pas.',
    'a reason is given for something that the service does not ask.',
    'ذُكر سبب لبيانات لا تطلبها الخدمة.',
  ],

  // Providers
  state_kind: [
    'à choisir : actif, suspendu ou masqué.',
    'to be chosen: active, suspended or hidden.',
    'يجب الاختيار: نشط أو معلّق أو مخفيّ.',
  ],
  connector_kind: [
    'à choisir : oidc, own_means, gateway, card, eid_app ou card_and_code.',
    'to be chosen: oidc, own_means, gateway, card, eid_app or card_and_code.',
    'يجب الاختيار: oidc أو own_means أو gateway أو card أو eid_app أو card_and_code.',
  ],
  discovery_unused: [
    'laissez vide : les métadonnées disent déjà tout.',
    'leave it empty: the metadata say it all.',
    'اترك الخانة فارغة: البيانات الوصفية تكفي.',
  ],
  metadata_issuer: [
    'l’émetteur des métadonnées doit être celui du connecteur.',
    'the issuer of the metadata must be that of the connector.',
    'يجب أن يكون مُصدر البيانات الوصفية هو مُصدر الموصل.',
  ],
  identity_population: [
    'l’identité et le public vont ensemble : professionnelle pour des professionnels, pivot pour des citoyens.',
    'the identity and the population go together: professional for professionals, pivot for citizens.',
    'الهوية والجمهور متلازمان: مهنية للمهنيين، ومحورية للمواطنين.',
  ],
  claim_unknown: [
    'un de ces noms n’est pas une donnée de l’identité pivot, preferred_username ou email.',
    'one of these names is not a claim of the pivot identity, preferred_username or email.',
    'أحد هذه الأسماء ليس من بيانات الهوية المحورية أو preferred_username أو email.',
  ],
  acr_incomplete: [
    'il faut un mot pour chaque niveau permis.',
    'a word is needed for each allowed level.',
    'يجب إعطاء كلمة لكلّ مستوى مسموح به.',
  ],
  own_means_class: [
    'laissez vide : ce que prouvent les moyens du hub est dans le registre des moyens.',
    'leave it empty: what the hub’s own means prove is in the register of means.',
    'اترك الخانة فارغة: ما تُثبته وسائل المنصّة مسجّل في سجلّ الوسائل.',
  ],
  factors_needed: [
    'les facteurs manquent : une carte, un moyen homologué ou de transition est jugé par eux.',
    'the factors are missing: a card, a homologated means and one of transition are judged by them.',
    'العوامل ناقصة: تُقيَّم بها البطاقة والوسيلة المعتمدة والانتقالية.',
  ],
  certificate_needed: [
    'un moyen certifié nomme son certificat.',
    'a certified means names its certificate.',
    'على الوسيلة المصادق عليها أن تذكر شهادتها.',
  ],
  before_valid_from: [
    'la fin doit venir après le début.',
    'the end must come after the start.',
    'يجب أن تكون النهاية بعد البداية.',
  ],
  before_since: [
    'la fin doit venir après le début.',
    'the end must come after the start.',
    'يجب أن تكون النهاية بعد البداية.',
  ],
  above_highest: [
    'un des niveaux permis, et pas le plus haut : rien ne serait au-dessus.',
    'one of the allowed levels, and not the highest: nothing would be above it.',
    'أحد المستويات المسموح بها، وليس أعلاها: فلا شيء فوقه.',
  ],
  closed_after_since: [
    'cet instant ne peut pas venir après le début.',
    'this moment cannot come after the start.',
    'لا يمكن أن تأتي هذه اللحظة بعد البداية.',
  ],
  own_provider: [
    '{id} est le fournisseur des moyens du hub, et de rien d’autre.',
    '{id} is the provider of the hub’s own means, and of nothing else.',
    '{id} هو مزوّد وسائل المنصّة وحدها.',
  ],
  card_unknown: [
    '{id} n’est pas une sorte de carte que le hub connaît.',
    '{id} is not a kind of card that the hub knows.',
    '{id} ليس نوعًا من البطاقات تعرفه المنصّة.',
  ],
  way_not_set_up: [
    'cette façon de lire la carte n’est pas réglée sur le hub.',
    'this way of reading the card is not set up on the hub.',
    'طريقة قراءة البطاقة هذه غير مهيّأة في المنصّة.',
  ],
  house_factors: [
    'laissez vide : ce que prouve une carte ou l’application e-ID, le hub l’a vu lui-même.',
    'leave it empty: what a card or the e-ID app proved, the hub saw by itself.',
    'اترك الخانة فارغة: ما أثبتته البطاقة أو تطبيق الهوية شاهدته المنصّة بنفسها.',
  ],
  stand_in_level: [
    'le niveau reste sous eidas3 : une carte et un code ne portent pas plus.',
    'the level stays below eidas3: a card and a code carry no more.',
    'يبقى المستوى دون eidas3: البطاقة مع الرمز لا تُثبت أكثر من ذلك.',
  ],
  stand_in_unknown: [
    '{id} n’est pas un fournisseur de la sorte eid_app.',
    '{id} is not a provider of kind eid_app.',
    '{id} ليس مزوّدًا من نوع eid_app.',
  ],
  own_accepts: [
    'il faut password ou passkey : rien d’autre ne connecte à lui seul.',
    'password or passkey is needed: nothing else signs in by itself.',
    'يلزم password أو passkey: لا شيء غيرهما يكفي وحده للدخول.',
  ],

  // Of one file
  id_twice: ['ce nom y est déjà.', 'this name is there already.', 'هذا الاسم موجود بالفعل.'],

  // Drafts
  id_fixed: [
    'ce nom reste {id} : il ne change jamais.',
    'this name stays {id}: it never changes.',
    'يبقى هذا الاسم {id}: لا يتغيّر أبدًا.',
  ],
  id_taken: ['ce nom est déjà pris.', 'this name is taken.', 'هذا الاسم مستعمل بالفعل.'],
  partner_unknown: ['le partenaire n’est pas enregistré.', 'the partner is not registered.', 'الشريك غير مسجّل.'],
  state_apart: [
    'ce n’est pas un réglage : suspendez ou masquez le fournisseur.',
    'this is no setting: suspend or hide the provider instead.',
    'ليس هذا إعدادًا: علّق المزوّد أو أخفه.',
  ],
  secrets_apart: [
    'un secret ne s’écrit pas ici : il se fait à part, et n’est montré qu’une fois.',
    'a secret is not written here: it is made apart, and shown once.',
    'لا يُكتب السرّ هنا: يُنشأ على حدة ويُعرض مرّة واحدة.',
  ],
  client_secret_apart: [
    'le secret ne s’écrit pas dans les réglages : il se donne à part.',
    'the secret is not written in the settings: it is given apart.',
    'لا يُكتب السرّ في الإعدادات: يُعطى على حدة.',
  ],
  entry_large: [
    'trop volumineux : {most} ko au plus.',
    'too large: {most} kB at most.',
    'كبير جدًّا: {most} كيلوبايت على الأكثر.',
  ],
  drafts_many: [
    '{most} brouillons de nouveautés au plus : publiez-en ou abandonnez-en un.',
    'at most {most} drafts of something new: publish or discard one.',
    '{most} مسودّة جديدة على الأكثر: انشر إحداها أو تخلَّ عنها.',
  ],
  overlap_range: [
    'un nombre entier de jours, de {least} à {most}.',
    'a whole number of days, from {least} to {most}.',
    'عدد صحيح من الأيّام، من {least} إلى {most}.',
  ],
  reason_length: [
    'une ligne de {most} caractères au plus.',
    'one line of at most {most} characters.',
    'سطر واحد من {most} حرفًا على الأكثر.',
  ],

  // What operators grant
  reserved: [
    'ceci est accordé par les opérateurs du hub : demandez-leur.',
    'this is granted by the operators of the hub: ask them.',
    'يمنح هذا مشغّلو المنصّة: اطلبه منهم.',
  ],
  reserved_more: [
    'c’est plus que ce que les opérateurs du hub ont accordé ({granted}) : demandez-leur.',
    'this is more than the operators of the hub have granted ({granted}): ask them.',
    'هذا أكثر ممّا منحه مشغّلو المنصّة ({granted}): اطلبه منهم.',
  ],
  reserved_new: [
    'le brouillon est prêt quand il n’a pas d’autre défaut : les opérateurs du hub le publieront. Demandez-leur.',
    'once it has no other fault the draft is ready: the operators of the hub publish it. Ask them.',
    'تكون المسودّة جاهزة حين لا يبقى فيها خطأ آخر: ينشرها مشغّلو المنصّة. اطلب ذلك منهم.',
  ],
  reserved_return: [
    'ceci n’est plus publié : seuls les opérateurs du hub peuvent le remettre. Demandez-leur.',
    'this is published no more: only the operators of the hub may bring it back. Ask them.',
    'لم يعد هذا منشورًا: لا يستطيع إعادته إلّا مشغّلو المنصّة. اطلب ذلك منهم.',
  ],
  sector_not_own: [
    'le domaine d’une de vos adresses de retour, ou le secteur d’un autre de vos services.',
    'the host of one of your redirect addresses, or the sector of another service of yours.',
    'نطاق أحد عناوين العودة لديك، أو قطاع خدمة أخرى من خدماتك.',
  ],
  justification_needed: [
    'dites pourquoi le service a besoin de {scope}.',
    'say why the service needs {scope}.',
    'اذكر لماذا تحتاج الخدمة إلى {scope}.',
  ],
  justification_granted: [
    'c’est pour cette raison que {scope} a été accordé : pour en donner une autre, retirez la donnée, publiez, puis demandez-la à nouveau.',
    'this is the reason for which {scope} was granted: to give another one, withdraw it, publish, and ask for it anew.',
    'هذا هو السبب الذي مُنح {scope} من أجله: لذكر سبب آخر، اسحبه ثم انشر ثم اطلبه من جديد.',
  ],
  scope_refused: [
    'les opérateurs ont refusé : « {reason} ». Donnez une autre raison, ou retirez la donnée.',
    'the operators refused: “{reason}”. Give another reason, or leave it out.',
    'رفض المشغّلون: «{reason}». اذكر سببًا آخر أو احذفه.',
  ],

  // Worth a second look
  doubt_secret_in_clear: [
    'Un secret est écrit en clair dans le fichier.',
    'A secret is written out in the file.',
    'هناك سرّ مكتوب بوضوح في الملفّ.',
  ],
  doubt_secret_kept: [
    'Un secret conservé doit déjà être en vigueur.',
    'A secret that is kept must be in force already.',
    'يجب أن يكون السرّ المحتفظ به ساريًا بالفعل.',
  ],
  doubt_suspension_stays: [
    'Une suspension faite par d’autres reste.',
    'A suspension made by others stays.',
    'يبقى التعليق الذي قام به آخرون.',
  ],
  doubt_owner: [
    'Le service passe de {before} à {after}, qui connaîtra chaque personne par le même identifiant.',
    'The service passes from {before} to {after}, which will know every person by the same identifier.',
    'تنتقل الخدمة من {before} إلى {after}، وستعرف كلّ شخص بالمعرّف نفسه.',
  ],
  doubt_sector: [
    'Le secteur change : le service connaîtra chaque personne par un nouvel identifiant.',
    'The sector changes: the service will know every person by a new identifier.',
    'يتغيّر القطاع: ستعرف الخدمة كلّ شخص بمعرّف جديد.',
  ],
  doubt_elsewhere: [
    '{id} doit déjà être publié.',
    '{id} must be published already.',
    'يجب أن يكون {id} منشورًا بالفعل.',
  ],
  doubt_only_secret_ends: [
    'Le seul secret du service a une fin : faites-en un autre avant.',
    'The only secret of the service has an end: make another one before it.',
    'للسرّ الوحيد للخدمة نهاية: أنشئ غيره قبلها.',
  ],
  doubt_no_psc: [
    'Le service est sensible et ouvert aux professionnels, et n’accepte pas Pro Santé Connect : c’est une obligation.',
    'The service is sensitive and open to professionals, and does not take Pro Santé Connect: that is an obligation.',
    'الخدمة حسّاسة ومفتوحة للمهنيين ولا تقبل Pro Santé Connect: وهذا إلزاميّ.',
  ],
  doubt_no_class: [
    'Le service est sensible et aucun de ses fournisseurs n’est d’une classe reconnue.',
    'The service is sensitive and none of its providers is of a recognised class.',
    'الخدمة حسّاسة وليس أيّ من مزوّديها من فئة معترف بها.',
  ],
  doubt_nobody: [
    'Aucun fournisseur accepté n’atteint {level} : personne ne peut se connecter.',
    'No provider that it takes reaches {level}: nobody can sign in.',
    'لا يبلغ أيّ مزوّد مقبول {level}: لا أحد يستطيع الدخول.',
  ],
  doubt_single: [
    '{id} est le seul fournisseur qui le serve : quand il s’arrête, personne ne peut se connecter.',
    '{id} is the only provider that serves it: when it stops, nobody can sign in.',
    '{id} هو المزوّد الوحيد للخدمة: إذا توقّف فلا أحد يستطيع الدخول.',
  ],
  doubt_app_alone: [
    'Rien ne remplace cette application en cas de panne, et aucun autre fournisseur n’atteint {level}.',
    'Nothing stands in for this app when it is down, and no other provider reaches {level}.',
    'لا شيء يحلّ محلّ هذا التطبيق عند تعطّله، ولا مزوّد آخر يبلغ {level}.',
  ],
  doubt_issuer: [
    'Un autre fournisseur a le même émetteur ({issuer}).',
    'Another provider has the same issuer ({issuer}).',
    'لمزوّد آخر المُصدر نفسه ({issuer}).',
  ],
}

export const faultMessages: Messages = inEachLanguage((language) =>
  Object.fromEntries(
    Object.entries(texts).map(([code, text]) => [`fault.${code}`, text[languages.indexOf(language)] as string]),
  ),
)
