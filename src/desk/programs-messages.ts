/** Sentences on the programs of a partner. */
import type { Messages } from '../http/messages.ts'
import type { PartyScope } from '../kernel/api-scopes.ts'
import { languages } from '../kernel/languages.ts'

type Row = readonly [fr: string, en: string, ar: string]

/** What each right allows. Operators read these words too. */
const scopes: Record<PartyScope, Row> = {
  'party:cases:read': [
    'Lire ce qui est demandé quand une identité a été usurpée',
    'Read what the hub asks where an identity was stolen',
    'قراءة ما تطلبه المنصة عند انتحال هوية',
  ],
  'party:cases:answer': [
    'Y répondre : ce qui a été trouvé, ce qui a été fait',
    'Answer it: what was found, what was done',
    'الرد عليه: ما الذي وُجد وما الذي نُفّذ',
  ],
  'party:cases:report': [
    'Signaler une usurpation que vous voyez',
    'Report a theft that you see',
    'الإبلاغ عن انتحال ترونه',
  ],
  'party:signals': [
    'Échanger des événements de sécurité (Shared Signals)',
    'Exchange security events (Shared Signals)',
    'تبادل أحداث أمنية (Shared Signals)',
  ],
}

const texts: Record<string, Row> = {
  'desk.place.programs': ['Programmes', 'Programs', 'البرامج'],
  'own_programs.title': ['Vos programmes', 'Your programs', 'برامجكم'],
  'own_programs.lead': [
    'Un programme agit, par l’interface du hub, pour un seul de vos services ou fournisseurs : il lit les dossiers d’usurpation qui le concernent, y répond, échange des signaux. Il prouve qui il est par une clé qu’il garde ; nous n’en avons que la partie publique.',
    'A program acts, by the hub’s API, for one of your services or providers alone: it reads the cases of identity theft that concern it, answers them, exchanges signals. It proves who it is by a key that it keeps; we have the public part only.',
    'يعمل البرنامج عبر واجهة المنصة لأجل خدمة واحدة أو مزوّد واحد لديكم: يقرأ ملفات الانتحال التي تخصه ويرد عليها ويتبادل الإشارات. ويثبت هويته بمفتاح يحتفظ به، وليس لدينا منه إلا الجزء العام.',
  ],
  'own_programs.all': ['Programmes enregistrés', 'Registered programs', 'البرامج المسجَّلة'],
  'own_programs.none': ['Aucun programme n’est enregistré.', 'No program is registered.', 'لا يوجد أي برنامج مسجَّل.'],
  'own_programs.for': ['Agit pour', 'Acts for', 'يعمل لأجل'],
  'own_programs.for.service': ['le service {name}', 'the service {name}', 'الخدمة {name}'],
  'own_programs.for.provider': ['le fournisseur {name}', 'the provider {name}', 'المزوّد {name}'],
  'own_programs.over': [
    'Ce n’est plus publié à votre nom : ce programme ne vaut plus rien. Retirez-le.',
    'That is published under your name no more: this program is worth nothing. Remove it.',
    'لم يعد منشورًا باسمكم: لم يعد لهذا البرنامج أي قيمة. أزيلوه.',
  ],
  'own_programs.last': ['Dernier jeton : {date}', 'Last token: {date}', 'آخر رمز دخول: {date}'],
  'own_programs.never': ['Aucun jeton encore', 'No token yet', 'لم يُمنح رمز دخول بعد'],
  'own_programs.administrators': [
    'Les administrateurs de votre organisation enregistrent et retirent des programmes.',
    'The administrators of your organisation register and remove programs.',
    'مديرو مؤسستكم هم من يسجّلون البرامج ويزيلونها.',
  ],
  'own_programs.register': ['Enregistrer un programme', 'Register a program', 'تسجيل برنامج'],
  'own_programs.register.text': [
    'Il peut servir aussitôt. Les boîtes aux lettres de votre organisation en sont averties.',
    'It can serve at once. The mailboxes of your organisation are told.',
    'يمكنه العمل فورًا. وتُبلَّغ صناديق بريد مؤسستكم بذلك.',
  ],
  'own_programs.register.nothing': [
    'Il faut d’abord un service ou un fournisseur publié.',
    'A service or a provider has to be published first.',
    'يجب أولًا نشر خدمة أو مزوّد.',
  ],
  'own_programs.register.go': ['Enregistrer', 'Register', 'تسجيل'],
  'own_programs.name': ['Nom du programme', 'Name of the program', 'اسم البرنامج'],
  'own_programs.rights': ['Ce qu’il peut faire', 'What it may do', 'ما يحق له فعله'],
  'own_programs.keys': ['Clés publiques', 'Public keys', 'المفاتيح العامة'],
  'own_programs.keys.hint': [
    'Empreinte SHA-256 de chaque clé (RFC 7638) : à comparer avec qui tient le programme.',
    'SHA-256 thumbprint of each key (RFC 7638): compare it with whoever runs the program.',
    'بصمة SHA-256 لكل مفتاح (RFC 7638): قارنوها مع من يشغّل البرنامج.',
  ],
  'own_programs.jwks': ['Clés publiques (JWKS)', 'Public keys (JWKS)', 'المفاتيح العامة (JWKS)'],
  'own_programs.jwks.hint': [
    'Le texte JSON que le programme fournit ; jamais sa clé privée. Par exemple :',
    'The JSON text that the program gives; never its private key. For example:',
    'نصّ JSON الذي يقدّمه البرنامج، وليس أبدًا مفتاحه الخاص. مثلًا:',
  ],
  'own_programs.wrong': ['À corriger', 'To be mended', 'يلزم تصحيحه'],
  'own_programs.wrong.json': [
    'Ce n’est pas un texte JSON avec une liste « keys ».',
    'This is no JSON text with a list “keys”.',
    'هذا ليس نصّ JSON فيه قائمة «keys».',
  ],
  'own_programs.connect': ['Pour le raccorder', 'To connect it', 'لوصله'],
  'own_programs.client': [
    'Identifiant (client_id, iss, sub)',
    'Identifier (client_id, iss, sub)',
    'المعرّف (client_id و iss و sub)',
  ],
  'own_programs.audience': [
    'Destinataire de l’assertion (aud)',
    'Audience of its assertion (aud)',
    'الجهة المقصودة بالإثبات (aud)',
  ],
  'own_programs.token': ['Où il demande un jeton', 'Where it asks for a token', 'حيث يطلب رمز دخول'],
  'own_programs.document': ['Description de l’interface', 'Description of the API', 'وصف الواجهة'],
  'own_programs.since': ['Enregistré le', 'Registered on', 'سُجّل في'],
  'own_programs.replace': ['Remplacer les clés', 'Replace the keys', 'استبدال المفاتيح'],
  'own_programs.replace.text': [
    'Donnez toutes les clés d’un coup : l’ancienne à côté de la nouvelle tant que les deux servent. Celles qui n’y sont plus ne prouvent plus rien, dès maintenant.',
    'Give all keys at once: the old one beside the new one while both are in use. Those that are left out prove nothing from now on.',
    'أدخلوا كل المفاتيح معًا: القديم بجانب الجديد ما دام كلاهما مستعملًا. وما لم يُذكر منها لا يثبت شيئًا من الآن.',
  ],
  'own_programs.replace.go': ['Remplacer', 'Replace', 'استبدال'],
  'own_programs.remove': ['Retirer ce programme', 'Remove this program', 'إزالة هذا البرنامج'],
  'own_programs.remove.text': [
    'Pour toujours, dès sa prochaine requête, quel que soit son jeton.',
    'For good, from its next request on, whatever its token.',
    'نهائيًا، ابتداءً من طلبه التالي، مهما كان رمز دخوله.',
  ],
  'own_programs.remove.sure': [
    'Je sais qu’il faudra l’enregistrer de nouveau pour qu’il serve encore.',
    'I know that it has to be registered again to serve again.',
    'أعلم أنه يجب تسجيله من جديد ليعمل ثانية.',
  ],
  'own_programs.remove.unsure': [
    'Cochez la case pour confirmer : rien n’a été retiré.',
    'Tick the box to confirm: nothing was removed.',
    'ضع علامة في المربّع للتأكيد: لم يُزَل شيء.',
  ],
  'own_programs.remove.go': ['Retirer pour toujours', 'Remove for good', 'إزالة نهائية'],
  'own_programs.done.registered': [
    'Le programme est enregistré : il peut demander un jeton.',
    'The program is registered: it can ask for a token.',
    'سُجّل البرنامج: يمكنه طلب رمز دخول.',
  ],
  'own_programs.done.keys': [
    'Seules ces clés prouvent désormais qui il est.',
    'Only these keys prove from now on who it is.',
    'هذه المفاتيح وحدها تثبت هويته من الآن.',
  ],
  'own_programs.done.removed': [
    'Le programme est retiré : ses jetons ne valent plus rien.',
    'The program is removed: its tokens are worth nothing from now on.',
    'أُزيل البرنامج: لم تعد لرموز دخوله أي قيمة.',
  ],
  'own_programs.done.unchanged': [
    'Rien n’a changé : c’était déjà ainsi.',
    'Nothing changed: it was so already.',
    'لم يتغير شيء: كان الأمر كذلك بالفعل.',
  ],
  'own_signals.title': ['Événements de sécurité', 'Security events', 'الأحداث الأمنية'],
  'own_signals.lead': [
    'Ce qui part vers vos programmes et ce qui en arrive (Shared Signals). Les flux se créent et se règlent par l’interface, avec le droit « party:signals ».',
    'What leaves for your programs, and what comes from them (Shared Signals). Streams are made and set by the API, with the right “party:signals”.',
    'ما يُرسل إلى برامجكم وما يصل منها (Shared Signals). تُنشأ التدفقات وتُضبط عبر الواجهة بحق «party:signals».',
  ],
  'own_signals.none': [
    'Aucun de vos programmes n’agit pour un service ou un fournisseur : il n’y a rien à échanger.',
    'None of your programs acts for a service or a provider: there is nothing to exchange.',
    'لا يعمل أي من برامجكم لأجل خدمة أو مزوّد: لا شيء يُتبادل.',
  ],
  'own_signals.leaving': ['Vers vous', 'Towards you', 'إليكم'],
  'own_signals.leaving.none': ['Aucun flux n’est créé.', 'No stream was made.', 'لم يُنشأ أي تدفق.'],
  'own_signals.coming': ['De votre part', 'From you', 'منكم'],
  'own_signals.coming.none': ['Aucune source n’est enregistrée.', 'No source is registered.', 'لم تُسجَّل أي جهة مصدرة.'],
  'own_signals.stream': ['Flux', 'Stream', 'التدفق'],
  'own_signals.program': ['Programme', 'Program', 'البرنامج'],
  'own_signals.status': ['État', 'State', 'الحالة'],
  'own_signals.status.enabled': ['en marche', 'running', 'يعمل'],
  'own_signals.status.paused': ['en pause : tout est gardé', 'paused: everything is kept', 'متوقف مؤقتًا: كل شيء محفوظ'],
  'own_signals.status.disabled': ['arrêté : rien n’est gardé', 'disabled: nothing is kept', 'معطّل: لا شيء يُحفظ'],
  'own_signals.reason': ['Raison', 'Reason', 'السبب'],
  'own_signals.method': ['Transport', 'Transport', 'طريقة النقل'],
  'own_signals.method.push': ['envoyé à', 'sent to', 'يُرسل إلى'],
  'own_signals.method.poll': ['retiré par votre programme', 'fetched by your program', 'يجلبه برنامجكم'],
  'own_signals.source.push': ['envoyé par vous', 'sent by you', 'ترسلونه'],
  'own_signals.source.poll': ['retiré chez vous à', 'fetched from you at', 'يُجلب منكم من'],
  'own_signals.issuer': ['Émetteur (iss)', 'Issuer (iss)', 'الجهة المصدرة (iss)'],
  'own_signals.waiting': ['En attente', 'Waiting', 'في الانتظار'],
  'own_signals.oldest': ['Le plus ancien en attente', 'The oldest that waits', 'أقدم ما ينتظر'],
  'own_signals.last': ['Dernier remis', 'Last delivered', 'آخر ما سُلّم'],
  'own_signals.last.accepted': ['Dernier accepté', 'Last accepted', 'آخر ما قُبل'],
  'own_signals.last.refused': ['Dernier refusé', 'Last refused', 'آخر ما رُفض'],
  'own_signals.never': ['jamais', 'never', 'أبدًا'],
  'own_signals.failing': ['Échec', 'Failing', 'إخفاق'],
  'own_signals.failing.text': [
    '{count, plural, one {# essai manqué} other {# essais manqués}} depuis le {since} :',
    '{count, plural, one {# failed try} other {# failed tries}} since {since}:',
    '{count, plural, one {محاولة فاشلة واحدة} two {محاولتان فاشلتان} few {# محاولات فاشلة} many {# محاولة فاشلة} other {# محاولة فاشلة}} منذ {since}:',
  ],
  'own_signals.accepted': ['Acceptés', 'Accepted', 'المقبولة'],
  'own_signals.replayed': ['Reçus deux fois', 'Received twice', 'المستلمة مرتين'],
  'own_signals.refused': ['Refusés', 'Refused', 'المرفوضة'],
  'own_signals.dead': ['Abandonnés', 'Given up', 'المتروكة'],
  'own_signals.dead.title': [
    '{count, plural, one {Le dernier abandonné} other {Les # derniers abandonnés}}',
    '{count, plural, one {The last one given up} other {The last # given up}}',
    '{count, plural, one {آخر ما تُرك} two {آخر اثنين تُركا} few {آخر # تُركت} many {آخر # تُركت} other {آخر # تُركت}}',
  ],
  'own_signals.dead.refused': ['Votre récepteur l’a refusé :', 'Your receiver refused it:', 'رفضه مستقبلكم:'],
  'own_signals.dead.expired': [
    'Personne ne l’a pris à temps.',
    'Nobody took it in time.',
    'لم يأخذه أحد في الوقت المناسب.',
  ],
  'own_signals.revive': ['Renvoyer', 'Send again', 'إعادة الإرسال'],
  'own_signals.revived': [
    'Il attend de nouveau, et part dès que le flux le permet.',
    'It waits again, and leaves as soon as the stream lets it.',
    'عاد إلى الانتظار، ويُرسل حالما يسمح التدفق بذلك.',
  ],
  'own_programs.moved': [
    'Quelqu’un a changé ce programme entre-temps : voici ce qui vaut maintenant. Rien n’a été fait, vos clés sont encore dans le champ.',
    'Somebody changed this program meanwhile: this is what holds now. Nothing was done, your keys are still in the field.',
    'غيّر أحدهم هذا البرنامج في هذه الأثناء: هذا ما يسري الآن. لم يُنفَّذ شيء، ومفاتيحكم ما زالت في الخانة.',
  ],
}

const all: Record<string, Row> = {
  ...texts,
  ...Object.fromEntries(Object.entries(scopes).map(([scope, row]) => [`programs.scope.${scope}`, row])),
}

export const ownProgramsMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(all).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
