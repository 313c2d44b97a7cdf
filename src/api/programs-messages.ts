/** Sentences of the operators' pages about programs of the admin API. */
import type { Messages } from '../http/messages.ts'
import type { HubScope } from '../kernel/api-scopes.ts'
import { languages } from '../kernel/languages.ts'

type Row = readonly [fr: string, en: string, ar: string]

/**
 * What each scope of the hub's own programs allows; those of partners have their words at the desk
 * (`desk/programs-messages.ts`). French narrow no-break spaces as everywhere.
 */
const scopes: Record<HubScope, Row> = {
  'partners:read': [
    'Lire partenaires, services et fournisseurs : réglages, brouillons, versions, fichier publié',
    'Read partners, services and providers: settings, drafts, versions, the published file',
    'قراءة الشركاء والخدمات والمزوّدين: الإعدادات والمسودات والنسخ والملف المنشور',
  ],
  'partners:write': [
    'Enregistrer et publier des réglages, revenir en arrière, appliquer un fichier',
    'Save and publish settings, go back, apply a file',
    'حفظ الإعدادات ونشرها والتراجع عنها وتطبيق ملف',
  ],
  'scopes:grant': [
    'Accorder et refuser les données que les services demandent',
    'Grant and refuse the data that services ask',
    'منح البيانات التي تطلبها الخدمات ورفضها',
  ],
  'providers:read': [
    'Lire l’état et la santé des fournisseurs, les incidents, les bandeaux, et ce que ferait une panne',
    'Read the state and the health of providers, incidents, banners, and what an outage would do',
    'قراءة حالة المزوّدين وسلامتهم والحوادث والإعلانات وما قد يفعله عطل',
  ],
  'providers:suspend': [
    'Suspendre un fournisseur et le rétablir, le cacher et le montrer',
    'Suspend a provider and bring it back, hide and show it',
    'تعليق مزوّد وإعادته وإخفاؤه وإظهاره',
  ],
  'figures:read': [
    'Lire les chiffres des services et des fournisseurs, et l’activité du moment',
    'Read figures of services and providers, and what runs now',
    'قراءة أرقام الخدمات والمزوّدين والنشاط الحالي',
  ],
  'banners:write': [
    'Écrire ce que tout le monde lit : bandeaux et notes sur les incidents',
    'Write what everybody reads: banners, and notes on incidents',
    'كتابة ما يقرؤه الجميع: الإعلانات وملاحظات الحوادث',
  ],
  'journal:read': [
    'Chercher dans le journal, en prendre des faits et leurs preuves',
    'Search the journal, take facts and their proofs',
    'البحث في السجلّ وأخذ وقائع منه مع إثباتاتها',
  ],
  'jobs:read': [
    'Voir les tâches en attente, en cours et en échec',
    'See what waits, runs and failed',
    'رؤية المهام المنتظرة والجارية والفاشلة',
  ],
  'jobs:write': [
    'Relancer une tâche en échec, ou y renoncer',
    'Have failed jobs tried again, give one up',
    'إعادة محاولة مهمة فاشلة أو التخلي عنها',
  ],
  'people:read': [
    'Trouver une personne par un identifiant exact, lire l’état de ses moyens',
    'Find a person by an exact identifier, read the state of their means',
    'العثور على شخص بمعرّف دقيق وقراءة حالة وسائله',
  ],
  'people:protect': [
    'Demander à deux opérateurs de geler ou de dégeler l’identité d’une personne',
    'Ask two operators to freeze or thaw the identity of a person',
    'طلب تجميد هوية شخص أو رفع التجميد عنها من مشغّلَين اثنين',
  ],
  'organisations:read': [
    'Trouver des organisations et voir par quoi elles sont représentées, sans les noms',
    'Find organisations, see by what they are represented, without names',
    'العثور على مؤسسات ومعرفة ما تُمثَّل به، من دون أسماء',
  ],
  'organisations:write': [
    'Demander à deux opérateurs d’enregistrer un représentant par un document, retirer un tel document',
    'Ask two operators to record a representative by a document, withdraw such a document',
    'طلب تسجيل ممثل قانوني بوثيقة من مشغّلَين اثنين، وسحب وثيقة كهذه',
  ],
  'mandates:read': [
    'Lire les mandats et leurs statistiques, jamais une utilisation',
    'Read mandates and their statistics, never a single use',
    'قراءة التوكيلات وإحصاءاتها، دون أي استعمال بعينه',
  ],
  'mandates:stop': [
    'Demander à deux opérateurs de suspendre un mandat, de le rétablir ou d’y mettre fin pour fraude',
    'Ask two operators to suspend a mandate, bring it back or end it for fraud',
    'طلب تعليق توكيل أو إعادته أو إنهائه بسبب الاحتيال من مشغّلَين اثنين',
  ],
  'people:enrol': [
    'Enrôler des personnes, si un opérateur qui en a le droit répond du programme',
    'Enrol people, where an operator who may do so answers for the program',
    'تسجيل أشخاص إذا كان مشغّل يحق له ذلك مسؤولًا عن البرنامج',
  ],
  'means:revoke': [
    'Suspendre, rétablir et révoquer les moyens d’une personne, la débloquer',
    'Suspend, bring back and revoke the means of a person, unblock the person',
    'تعليق وسائل شخص وإعادتها وإلغاؤها ورفع الحظر عنه',
  ],
  'support:read': [
    'Lire les demandes d’aide, jamais l’adresse de qui écrit',
    'Read requests for help, never the address of who wrote',
    'قراءة طلبات المساعدة، ولا يُقرأ أبدًا عنوان صاحبها',
  ],
  'support:write': [
    'Répondre aux demandes d’aide, les clore, les rouvrir',
    'Answer requests for help, close them, open them again',
    'الرد على طلبات المساعدة وإغلاقها وإعادة فتحها',
  ],
  'cases:read': [
    'Lire les dossiers d’usurpation, et ce que les partenaires y répondent',
    'Read cases of misuse, and what partners answered',
    'قراءة ملفات سوء استعمال الهوية وما أجاب به الشركاء',
  ],
  'cases:write': [
    'Qualifier, annoter et clore des dossiers d’usurpation',
    'Qualify, note and close cases of misuse',
    'تكييف ملفات سوء استعمال الهوية والتعليق عليها وإغلاقها',
  ],
  'cases:decide': [
    'Prévenir les partenaires d’un dossier et le conclure',
    'Tell the partners of a case, and give its verdict',
    'إبلاغ شركاء ملف والبتّ فيه',
  ],
  'breaches:read': [
    'Lire le registre des violations de données',
    'Read the register of data breaches',
    'قراءة سجل خروقات المعطيات',
  ],
  'collisions:review': [
    'Lire les conflits d’identité et les trancher',
    'Read collisions of accounts, decide them',
    'قراءة تعارضات الهوية والبتّ فيها',
  ],
  'register:read': ['Lire le registre des moyens', 'Read the register of means', 'قراءة سجلّ الوسائل'],
  'register:write': [
    'Classer des moyens, enregistrer et retirer des homologations',
    'Class kinds of means, record and withdraw homologations',
    'تصنيف الوسائل وتسجيل الاعتمادات وسحبها',
  ],
  'operators:read': [
    'Lire la liste des opérateurs et des programmes',
    'List the operators and the programs',
    'قراءة قائمة المشغّلين والبرامج',
  ],
  'operators:write': [
    'Demander de nommer un opérateur, en suspendre ou en retirer un',
    'Ask to name an operator, suspend and remove one',
    'طلب تعيين مشغّل، وتعليق مشغّل أو إزالته',
  ],
  'staff:read': [
    'Lire qui travaille pour les partenaires',
    'List those who work for partners',
    'قراءة من يعمل لدى الشركاء',
  ],
  'staff:write': [
    'Inviter, suspendre, rétablir et retirer qui travaille pour les partenaires',
    'Invite, suspend, bring back and remove those who work for partners',
    'دعوة من يعمل لدى الشركاء وتعليقه وإعادته وإزالته',
  ],
  'settings:read': [
    'Lire les réglages en vigueur et les clés publiques',
    'Read what the hub runs with, and its public keys',
    'قراءة الإعدادات السارية والمفاتيح العامة',
  ],
  'keys:rotate': [
    'Demander de remplacer des clés du système et des secrets de services',
    'Ask to replace keys of the hub and secrets of services',
    'طلب استبدال مفاتيح النظام وأسرار الخدمات',
  ],
  'approvals:read': [
    'Lire ce qui attend un deuxième opérateur, retirer ses propres demandes',
    'Read what waits for a second operator, withdraw requests of its own',
    'قراءة ما ينتظر مشغّلًا ثانيًا وسحب طلباته هو',
  ],
}

const texts: Record<string, Row> = {
  'programs.title': ['Programmes', 'Programs', 'البرامج'],
  'programs.lead': [
    'Un programme enregistré fait, par l’interface d’administration, ce que les opérateurs font sur leurs pages. Il prouve qui il est par une clé qu’il garde ; nous n’en avons que la partie publique. Qui vole sa clé obtient ses droits : n’en donnez pas plus qu’il ne faut.',
    'A registered program does, by the admin API, what operators do on their pages. It proves who it is by a key that it keeps; we have the public part only. Whoever steals the key has its rights: give no more than it needs.',
    'البرنامج المسجَّل يفعل عبر واجهة الإدارة البرمجية ما يفعله المشغّلون في صفحاتهم. يثبت هويته بمفتاح يحتفظ به، وليس لدينا منه إلا الجزء العام. ومن يسرق مفتاحه ينال صلاحياته: لا تمنحه أكثر مما يحتاج.',
  ],
  'programs.all': ['Programmes enregistrés', 'Registered programs', 'البرامج المسجَّلة'],
  'programs.none': ['Aucun programme n’est enregistré.', 'No program is registered.', 'لا يوجد أي برنامج مسجَّل.'],
  'programs.scopes.count': [
    '{count, plural, one {# droit} other {# droits}}',
    '{count, plural, one {# right} other {# rights}}',
    '{count, plural, zero {# صلاحية} one {صلاحية واحدة} two {صلاحيتان} few {# صلاحيات} many {# صلاحية} other {# صلاحية}}',
  ],
  'programs.last': ['Dernier jeton : {date}', 'Last token: {date}', 'آخر رمز دخول: {date}'],
  'programs.never': ['Aucun jeton encore', 'No token yet', 'لم يُمنح رمز دخول بعد'],
  'programs.answers': ['{name} en répond', '{name} answers for it', '{name} مسؤول عنه'],
  'programs.nobody': [
    'Personne n’en répond : qui détient sa clé et est opérateur peut confirmer ce que le programme demande',
    'Nobody answers for it: whoever holds its key and is an operator could confirm what the program asks',
    'لا أحد مسؤول عنه: من يملك مفتاحه وهو مشغّل قد يؤكد ما يطلبه البرنامج',
  ],
  'programs.since': ['Enregistré le', 'Registered on', 'سُجّل في'],
  'programs.id': ['Identifiant (client_id)', 'Identifier (client_id)', 'المعرّف (client_id)'],
  'programs.who': ['Qui en répond', 'Who answers for it', 'المسؤول عنه'],
  'programs.keys': ['Clés publiques', 'Public keys', 'المفاتيح العامة'],
  'programs.keys.hint': [
    'Empreinte SHA-256 de chaque clé (RFC 7638) : à comparer de vive voix avec qui tient le programme.',
    'SHA-256 thumbprint of each key (RFC 7638): compare it by word of mouth with whoever runs the program.',
    'بصمة SHA-256 لكل مفتاح (RFC 7638): قارنها شفويًا مع من يشغّل البرنامج.',
  ],
  'programs.party': ['Agit pour', 'Acts for', 'يعمل لأجل'],
  'programs.party.service': [
    'le service {name}, de {partner}',
    'the service {name}, of {partner}',
    'الخدمة {name} التابعة لـ {partner}',
  ],
  'programs.party.provider': [
    'le fournisseur {name}, de {partner}',
    'the provider {name}, of {partner}',
    'المزوّد {name} التابع لـ {partner}',
  ],
  'programs.party.over': [
    'Ce n’est plus publié, ou appartient à un autre : ce programme ne vaut plus rien.',
    'That is published no more, or belongs to somebody else: this program is worth nothing.',
    'لم يعد منشورًا أو صار ملكًا لغيره: لم يعد لهذا البرنامج أي قيمة.',
  ],
  'programs.party.field': [
    'Service ou fournisseur pour lequel il agit',
    'Service or provider that it acts for',
    'الخدمة أو المزوّد الذي يعمل لأجله',
  ],
  'programs.party.hint': [
    'Vide pour un programme du hub. Pour celui d’un partenaire : service/ ou provider/ puis l’identifiant.',
    'Empty for a program of the hub. For one of a partner: service/ or provider/, then the identifier.',
    'اتركه فارغًا لبرنامج من برامج المنصة. ولبرنامج شريك: service/‎ أو provider/‎ ثم المعرّف.',
  ],
  'programs.rights.party': ['Pour un programme d’un partenaire', 'For a program of a partner', 'لبرنامج تابع لشريك'],
  'programs.rights': ['Ce qu’il peut faire', 'What it may do', 'ما يحق له فعله'],
  'programs.register': ['Enregistrer un programme', 'Register a program', 'تسجيل برنامج'],
  'programs.register.text': [
    'Un autre opérateur doit confirmer : une clé donne un pouvoir sur le système.',
    'Another operator has to confirm: a key gives power over the hub.',
    'يجب أن يؤكد مشغّل آخر: فالمفتاح يمنح سلطة على النظام.',
  ],
  'programs.name': ['Nom du programme', 'Name of the program', 'اسم البرنامج'],
  'programs.jwks': ['Clés publiques (JWKS)', 'Public keys (JWKS)', 'المفاتيح العامة (JWKS)'],
  'programs.jwks.hint': [
    'Le texte JSON que le programme fournit ; jamais sa clé privée. Par exemple :',
    'The JSON text that the program gives; never its private key. For example:',
    'نصّ JSON الذي يقدّمه البرنامج، وليس أبدًا مفتاحه الخاص. مثلًا:',
  ],
  'programs.operator.hint': [
    'Cette personne ne confirme rien de ce que le programme demande.',
    'This person confirms nothing of what the program asks.',
    'لا يؤكد هذا الشخص شيئًا مما يطلبه البرنامج.',
  ],
  'programs.wrong': ['À corriger', 'To be mended', 'يلزم تصحيحه'],
  'programs.wrong.json': [
    'Ce n’est pas un texte JSON avec une liste « keys ».',
    'This is no JSON text with a list “keys”.',
    'هذا ليس نصّ JSON فيه قائمة «keys».',
  ],
  'programs.replace': ['Remplacer les clés', 'Replace the keys', 'استبدال المفاتيح'],
  'programs.replace.text': [
    'Donnez toutes les clés d’un coup : l’ancienne à côté de la nouvelle tant que les deux servent. Un autre opérateur doit confirmer.',
    'Give all keys at once: the old one beside the new one while both are in use. Another operator has to confirm.',
    'أدخل كل المفاتيح معًا: القديم بجانب الجديد ما دام كلاهما مستعملًا. ويجب أن يؤكد مشغّل آخر.',
  ],
  'programs.change': ['Changer ses droits', 'Change what it may do', 'تغيير صلاحياته'],
  'programs.change.text': [
    'Retirer un droit prend effet tout de suite. En ajouter un demande la confirmation d’un autre opérateur, et une raison.',
    'Taking a right away takes effect at once. Adding one takes another operator’s confirmation, and a reason.',
    'سحب صلاحية يسري فورًا. أما إضافة صلاحية فتتطلب تأكيد مشغّل آخر وذكر السبب.',
  ],
  'programs.change.go': ['Enregistrer ces droits', 'Save these rights', 'حفظ هذه الصلاحيات'],
  'programs.reason.optional': [
    'Pourquoi (seulement pour ajouter un droit)',
    'Why (only to add a right)',
    'السبب (فقط لإضافة صلاحية)',
  ],
  'programs.remove': ['Retirer ce programme', 'Remove this program', 'إزالة هذا البرنامج'],
  'programs.remove.text': [
    'Pour toujours, dès sa prochaine requête. Ce qu’il demandait à deux opérateurs est retiré. Tous les opérateurs en reçoivent une lettre.',
    'For good, from its next request on. What it asked of two operators is taken back. All operators are told by letter.',
    'نهائيًا، ابتداءً من طلبه التالي. ويُسحب ما طلبه من مشغّلَين. ويُبلَّغ جميع المشغّلين برسالة.',
  ],
  'programs.remove.sure': [
    'Je sais qu’il faudra l’enregistrer de nouveau pour qu’il serve encore.',
    'I know that it has to be registered again to serve again.',
    'أعلم أنه يجب تسجيله من جديد ليعمل ثانية.',
  ],
  'programs.remove.unsure': [
    'Cochez la case pour confirmer : rien n’a été retiré.',
    'Tick the box to confirm: nothing was removed.',
    'ضع علامة في المربّع للتأكيد: لم يُزَل شيء.',
  ],
  'programs.remove.go': ['Retirer pour toujours', 'Remove for good', 'إزالة نهائية'],
  'programs.done.removed': [
    'Le programme est retiré : ses jetons ne valent plus rien.',
    'The program is removed: its tokens are worth nothing from now on.',
    'أُزيل البرنامج: لم تعد لرموز دخوله أي قيمة.',
  ],
  'programs.done.scopes': ['Ses droits sont changés.', 'What it may do is changed.', 'تغيّرت صلاحياته.'],
  'programs.done.unchanged': [
    'Rien n’a changé : c’était déjà ainsi.',
    'Nothing changed: it was so already.',
    'لم يتغير شيء: كان الأمر كذلك بالفعل.',
  ],
  'programs.moved': [
    'Quelqu’un a changé ce programme entre-temps : voici ce qui vaut maintenant. Rien n’a été fait.',
    'Somebody changed this program meanwhile: this is what holds now. Nothing was done.',
    'غيّر أحدهم هذا البرنامج في هذه الأثناء: هذا ما يسري الآن. ولم يُنفَّذ شيء.',
  ],
}

const all: Record<string, Row> = {
  ...texts,
  ...Object.fromEntries(Object.entries(scopes).map(([scope, row]) => [`programs.scope.${scope}`, row])),
}

export const programsMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(all).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
