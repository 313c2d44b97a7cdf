/** Sentences about changes that take two operators: what they are, why one cannot be done, and the letters. */
import type { ApprovalKind } from '../audit/facts.ts'
import type { Messages, Translate } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import { isOperatorRole } from '../kernel/roles.ts'

/** What a change does, in a few words. Of keys `about` is their purpose, of an invitation the roles. */
export function whatIs(kind: ApprovalKind, about: string, t: Translate): string {
  if (kind === 'rotate_keys' || kind === 'revoke_keys') {
    return t(`approvals.kind.${kind}`, { about: purposeName(about, t) })
  }
  if (kind === 'invite_operator') {
    const roles = about.split(' ').filter(isOperatorRole)
    return t(`approvals.kind.${kind}`, { about: roles.map((role) => t(`role.${role}`)).join(t('approvals.comma')) })
  }
  return t(`approvals.kind.${kind}`, { about: about.replace(/^(service|provider|partner)\//, '') })
}

export function purposeName(purpose: string, t: Translate): string {
  return t(`approvals.purpose.${purpose}`)
}

const texts: Record<string, readonly [fr: string, en: string, ar: string]> = {
  'approvals.purpose.id-token': ['signature pour les services', 'signing towards services', 'التوقيع تجاه الخدمات'],
  'approvals.purpose.client': ['preuve auprès des fournisseurs', 'proof towards providers', 'الإثبات لدى المزوّدين'],
  'approvals.purpose.decryption': [
    'lecture de ce que les fournisseurs chiffrent',
    'reading what providers encrypt',
    'قراءة ما يعمّيه المزوّدون',
  ],
  'approvals.purpose.journal': ['signature du journal', 'signing the journal', 'توقيع السجلّ'],

  'approvals.kind.rotate_keys': [
    'Remplacer les clés du système : {about}',
    'Replace keys of the hub: {about}',
    'استبدال مفاتيح النظام: {about}',
  ],
  'approvals.kind.revoke_keys': [
    'Révoquer tout de suite les clés du système : {about}',
    'Revoke keys of the hub at once: {about}',
    'إلغاء مفاتيح النظام فورًا: {about}',
  ],
  'approvals.kind.rotate_secret': [
    'Créer un nouveau secret pour le service {about}',
    'Make a new secret for the service {about}',
    'إنشاء سرّ جديد للخدمة {about}',
  ],
  'approvals.kind.end_old_secret': [
    'Arrêter l’ancien secret du service {about}',
    'End the older secret of the service {about}',
    'إنهاء السرّ القديم للخدمة {about}',
  ],
  'approvals.kind.publish': [
    'Publier des réglages avec une autre clé ou un autre secret : {about}',
    'Publish settings with another key or secret: {about}',
    'نشر إعدادات بمفتاح آخر أو سرّ آخر: {about}',
  ],
  'approvals.kind.republish': [
    'Revenir à des réglages qui avaient une autre clé ou un autre secret : {about}',
    'Go back to settings that had another key or secret: {about}',
    'العودة إلى إعدادات كان لها مفتاح آخر أو سرّ آخر: {about}',
  ],
  'approvals.kind.invite_operator': [
    'Nommer un opérateur : {about}',
    'Name an operator: {about}',
    'تعيين مشغّل: {about}',
  ],
  'approvals.kind.reinvite_operator': [
    'Donner un nouveau lien à l’opérateur {about}',
    'Give a new link to the operator {about}',
    'إعطاء رابط جديد للمشغّل {about}',
  ],

  'approvals.kind.register_program': [
    'Enregistrer un programme de l’API d’administration, clé {about}',
    'Register a program of the admin API, key {about}',
    'تسجيل برنامج لواجهة الإدارة البرمجية، المفتاح {about}',
  ],
  'approvals.kind.program_keys': [
    'Remplacer les clés du programme {about}',
    'Replace the keys of the program {about}',
    'استبدال مفاتيح البرنامج {about}',
  ],
  'approvals.kind.program_scopes': [
    'Changer ce que le programme {about} peut faire',
    'Change what the program {about} may do',
    'تغيير ما يحق للبرنامج {about} فعله',
  ],

  'approvals.kind.freeze_person': [
    'Geler l’identité de la personne {about}',
    'Freeze the identity of the person {about}',
    'تجميد هوية الشخص {about}',
  ],
  'approvals.kind.thaw_person': [
    'Dégeler l’identité de la personne {about}',
    'Thaw the identity of the person {about}',
    'رفع التجميد عن هوية الشخص {about}',
  ],

  'approvals.kind.record_representation': [
    'Enregistrer un représentant par un document : {about}',
    'Record a representative by a document: {about}',
    'تسجيل ممثل قانوني بوثيقة: {about}',
  ],
  'approvals.kind.suspend_mandate': [
    'Suspendre le mandat {about}',
    'Suspend the mandate {about}',
    'تعليق التوكيل {about}',
  ],
  'approvals.kind.resume_mandate': [
    'Rétablir le mandat {about}',
    'Bring the mandate {about} back',
    'إعادة التوكيل {about} إلى السريان',
  ],
  'approvals.kind.end_mandate': [
    'Mettre fin au mandat {about} pour fraude',
    'End the mandate {about} for fraud',
    'إنهاء التوكيل {about} بسبب الاحتيال',
  ],

  'approvals.refusal.closed': [
    'Cette organisation est fermée dans le registre : personne ne peut la représenter.',
    'This organisation is closed in the register: nobody can represent it.',
    'هذه المؤسسة مغلقة في السجلّ: لا يمكن لأحد تمثيلها.',
  ],
  'approvals.refusal.document': [
    'La personne, sa fonction ou la référence du document manque, ou n’est pas juste. Une date de naissance présumée demande aussi le genre et le lieu ou le pays de naissance.',
    'The person, the role or the reference of the document is missing, or not right. A presumed birth date takes the gender and the place or country of birth as well.',
    'الشخص أو صفته أو مرجع الوثيقة ناقص أو غير صحيح. ويتطلب تاريخ الميلاد المقدَّر ذكر الجنس ومكان الميلاد أو بلده أيضًا.',
  ],
  'approvals.refusal.dates': [
    'Les dates du document ne vont pas ensemble : il est à venir, ou sa fin est passée, ou elle vient avant sa date.',
    'The dates of the document do not go together: it is of a day to come, or its end is over, or comes before its date.',
    'تواريخ الوثيقة غير متوافقة: إما أن تاريخها لم يحن بعد، أو أن أجلها انقضى، أو أن أجلها يسبق تاريخها.',
  ],
  'approvals.refusal.unknown': [
    'Ce dont il s’agit n’existe pas, ou plus.',
    'What this is about is not there, or not any more.',
    'ما يتعلق به الأمر غير موجود، أو لم يعد موجودًا.',
  ],
  'approvals.refusal.moved': [
    'Quelqu’un a changé la même chose entre-temps : ce qui serait fait n’est plus ce qui a été demandé. Retirez ou refusez cette demande, relisez, et demandez de nouveau.',
    'Somebody changed the same thing meanwhile: what would be done is no longer what was asked. Withdraw or decline this request, read again, and ask again.',
    'غيّر أحدهم الشيء نفسه في هذه الأثناء: ما سيُنفَّذ لم يعد ما طُلب. اسحب هذا الطلب أو ارفضه، ثم أعد القراءة واطلب من جديد.',
  ],
  'approvals.refusal.invalid': [
    'Les règles d’aujourd’hui ne le permettent pas tel quel : lisez ce qui est signalé sur la page des réglages.',
    'The rules of today do not allow it as it is: read what the page of the settings points out.',
    'لا تسمح به قواعد اليوم على حاله: اقرأ ما تشير إليه صفحة الإعدادات.',
  ],
  'approvals.refusal.two_secrets': [
    'Deux secrets sont déjà en service : l’ancien doit d’abord s’arrêter.',
    'Two secrets are in force already: the older one has to end first.',
    'هناك سرّان ساريان بالفعل: يجب أن ينتهي القديم أولًا.',
  ],
  'approvals.refusal.uses_keys': [
    'Ce service se présente avec une clé, et n’a pas de secret.',
    'This service presents itself with a key, and has no secret.',
    'تُعرّف هذه الخدمة بنفسها بمفتاح، وليس لها سرّ.',
  ],
  'approvals.refusal.overlap': [
    'L’ancien secret sert encore 0 à 30 jours, pas davantage.',
    'The older secret goes on for 0 to 30 days, no longer.',
    'يبقى السرّ القديم من 0 إلى 30 يومًا، لا أكثر.',
  ],
  'approvals.refusal.incomplete': [
    'Le nom, une fonction ou l’adresse manque, ou n’est pas juste.',
    'The name, a role or the address is missing, or not right.',
    'الاسم أو وظيفة أو العنوان ناقص أو غير صحيح.',
  ],
  'approvals.refusal.nothing_to_do': [
    'Il n’y a rien à faire : c’est déjà ainsi.',
    'There is nothing to do: it is so already.',
    'لا شيء يُنفَّذ: الأمر كذلك بالفعل.',
  ],

  'approvals.comma': [', ', ', ', '، '],
  'approvals.somebody': ['quelqu’un qui n’est plus connu', 'somebody who is not known any more', 'شخص لم يعد معروفًا'],
  'approvals.machine': [
    'un programme de l’API d’administration',
    'a program of the admin API',
    'برنامج لواجهة الإدارة البرمجية',
  ],

  'approvals.letter.asked.subject': [
    '{hub} : un changement attend une deuxième personne',
    '{hub}: a change waits for a second person',
    '{hub}: تغيير ينتظر شخصًا ثانيًا',
  ],
  'approvals.letter.asked.text': [
    'Bonjour {name},\n\nDemande de {asker} :\n{what}\n\nRaison donnée : {reason}\n\nRien n’est encore fait. Un opérateur qui ne l’a pas demandé peut le confirmer ou le refuser sur la page « Confirmations » de la console, pendant 72 heures. Sans réponse, la demande s’éteint.\n\nVérifiez de vive voix avec qui demande, par un numéro que vous connaissez déjà.\n\nCe message ne contient aucun lien : ouvrez la console comme d’habitude.',
    'Hello {name},\n\nAsked by {asker}:\n{what}\n\nReason given: {reason}\n\nNothing is done yet. An operator who did not ask for it can confirm or decline it on the page “Confirmations” of the console, for 72 hours. Without an answer the request lapses.\n\nCheck by word of mouth with whoever asks, by a number that you already know.\n\nThis message contains no link: open the console as you usually do.',
    'مرحبًا {name}،\n\nطلب من {asker}:\n{what}\n\nالسبب المذكور: {reason}\n\nلم يُنفَّذ شيء بعد. يستطيع مشغّل لم يطلبه أن يؤكده أو يرفضه في صفحة «التأكيدات» من لوحة التحكم، خلال 72 ساعة. وإن لم يُجَب عنه يسقط الطلب.\n\nتحقّق شفويًا ممن يطلب، على رقم تعرفه من قبل.\n\nلا تحتوي هذه الرسالة على أي رابط: افتح لوحة التحكم كعادتك.',
  ],
  'approvals.letter.confirmed.subject': [
    '{hub} : votre demande a été confirmée',
    '{hub}: your request was confirmed',
    '{hub}: تم تأكيد طلبك',
  ],
  'approvals.letter.confirmed.text': [
    'Bonjour {name},\n\n{other} a confirmé votre demande, et elle est exécutée :\n{what}\n\nSi vous ne l’aviez pas demandé, prévenez tout de suite un responsable de la sécurité : quelqu’un a agi sous votre nom.\n\nCe message ne contient aucun lien.',
    'Hello {name},\n\n{other} confirmed your request, and it is done:\n{what}\n\nIf you did not ask for it, tell a security officer at once: somebody acted under your name.\n\nThis message contains no link.',
    'مرحبًا {name}،\n\nأكّد {other} طلبك، وقد نُفِّذ:\n{what}\n\nإن لم تكن قد طلبته فأخبر مسؤول الأمن فورًا: لقد تصرّف أحدهم باسمك.\n\nلا تحتوي هذه الرسالة على أي رابط.',
  ],
  'approvals.letter.declined.subject': [
    '{hub} : votre demande a été refusée',
    '{hub}: your request was declined',
    '{hub}: رُفض طلبك',
  ],
  'approvals.letter.declined.text': [
    'Bonjour {name},\n\n{other} a refusé votre demande, et rien n’est fait :\n{what}\n\nRaison donnée : {answer}\n\nCe message ne contient aucun lien.',
    'Hello {name},\n\n{other} declined your request, and nothing is done:\n{what}\n\nReason given: {answer}\n\nThis message contains no link.',
    'مرحبًا {name}،\n\nرفض {other} طلبك، ولم يُنفَّذ شيء:\n{what}\n\nالسبب المذكور: {answer}\n\nلا تحتوي هذه الرسالة على أي رابط.',
  ],
  'approvals.letter.expired.subject': [
    '{hub} : personne n’a répondu à votre demande',
    '{hub}: nobody answered your request',
    '{hub}: لم يُجب أحد عن طلبك',
  ],
  'approvals.letter.expired.text': [
    'Bonjour {name},\n\nPersonne n’a répondu à votre demande en 72 heures : elle s’est éteinte, et rien n’est fait.\n{what}\n\nVous pouvez la refaire, après en avoir parlé à un autre opérateur.\n\nCe message ne contient aucun lien.',
    'Hello {name},\n\nNobody answered your request within 72 hours: it lapsed, and nothing is done.\n{what}\n\nYou can ask again, after a word with another operator.\n\nThis message contains no link.',
    'مرحبًا {name}،\n\nلم يُجب أحد عن طلبك خلال 72 ساعة: لقد سقط ولم يُنفَّذ شيء.\n{what}\n\nيمكنك أن تطلب من جديد بعد الحديث مع مشغّل آخر.\n\nلا تحتوي هذه الرسالة على أي رابط.',
  ],

  'approvals.announced.subject': [
    '{hub} : un changement sensible, fait sans deuxième opérateur',
    '{hub}: a sensitive change, made without a second operator',
    '{hub}: تغيير حساس، من دون مشغّل ثانٍ',
  ],
  'approvals.announced.text': [
    'Bonjour {name},\n\nTous les opérateurs reçoivent ce message. Un changement qui demande deux opérateurs, ou qui donne un pouvoir sur le système, vient d’être fait par la ligne de commande, par un programme ou pour un programme :\n{what}\n\nSi vous ne savez pas qui l’a fait, ni pourquoi, demandez-le tout de suite, de vive voix. Le journal dit quand, et les traces de la machine disent qui.\n\nCe message ne contient aucun lien.',
    'Hello {name},\n\nAll operators receive this message. A change that takes two operators, or that gives power over the hub, has just been made by the command line, by a program or for one:\n{what}\n\nIf you do not know who did it, and why, ask at once, by word of mouth. The journal tells when, and the logs of the machine tell who.\n\nThis message contains no link.',
    'مرحبًا {name}،\n\nيتلقى جميع المشغّلين هذه الرسالة. أُجري للتو، بسطر الأوامر أو من برنامج أو لأجله، تغيير يتطلب مشغّلَين اثنين أو يمنح سلطة على النظام:\n{what}\n\nإن لم تكن تعرف من فعله ولماذا فاسأل فورًا، شفويًا. يخبرك السجلّ متى، وتخبرك سجلات الجهاز من.\n\nلا تحتوي هذه الرسالة على أي رابط.',
  ],
  'approvals.outage.subject': [
    '{hub} : une panne de l’application e-ID dure trop longtemps',
    '{hub}: an outage of the e-ID app lasts too long',
    '{hub}: طال عطل تطبيق الهوية الإلكترونية',
  ],
  'approvals.outage.text': [
    'Bonjour {name},\n\nTous les opérateurs reçoivent ce message.\n{what}\n\nLes personnes qui n’ont pas d’autre compte ne peuvent plus s’identifier. C’est un incident : voyez avec le partenaire, prévenez les services et le public. Allonger la durée est un changement des réglages de ce qui la remplace.\n\nCe message ne contient aucun lien.',
    'Hello {name},\n\nAll operators receive this message.\n{what}\n\nPeople who have no other account cannot sign in any more. This is an incident: see the partner, tell the services and the public. To make the time longer is a change of the settings of what stands in for it.\n\nThis message contains no link.',
    'مرحبًا {name}،\n\nيتلقى جميع المشغّلين هذه الرسالة.\n{what}\n\nلم يعد بإمكان من ليس لديهم حساب آخر تسجيل الدخول. هذا حادث: راجعوا الشريك وأبلغوا الخدمات والجمهور. أما إطالة المدة فتغيير في إعدادات ما يحلّ محلّه.\n\nلا تحتوي هذه الرسالة على أي رابط.',
  ],
  'approvals.announced.outages': [
    '{about} ne répond toujours pas, et ce qui le remplaçait n’est plus proposé : la durée prévue est écoulée.',
    '{about} still does not answer, and what stood in for it is not offered any more: the time set for that is over.',
    'ما زال {about} لا يجيب، ولم يعد ما يحلّ محلّه معروضًا: انقضت المدة المحددة لذلك.',
  ],
  'approvals.announced.keys': [
    'Clés du système créées ou retirées : {about}.',
    'Keys of the hub were made or retired: {about}.',
    'أُنشئت مفاتيح للنظام أو سُحبت: {about}.',
  ],
  'approvals.announced.operators': [
    'Un opérateur a été nommé, suspendu, rétabli ou retiré, ou son adresse a changé : {about}.',
    'An operator was named, suspended, brought back or removed, or their address changed: {about}.',
    'عُيّن مشغّل أو عُلّق أو أُعيد أو أُزيل، أو تغيّر عنوانه: {about}.',
  ],
  'approvals.announced.people': [
    'L’identité d’une personne a été gelée ou dégelée : {about}.',
    'The identity of a person was frozen or thawed: {about}.',
    'جُمّدت هوية شخص أو رُفع عنها التجميد: {about}.',
  ],
  'approvals.announced.secrets': [
    'Une clé ou un secret d’un partenaire a changé : {about}.',
    'A key or a secret of a partner changed: {about}.',
    'تغيّر مفتاح أو سرّ لأحد الشركاء: {about}.',
  ],
  'approvals.announced.api_clients': [
    'Un programme de l’API d’administration a été enregistré, retiré, ou a changé de clé ou de droits : {about}.',
    'A program of the admin API was registered, removed, or has other keys or rights: {about}.',
    'سُجّل برنامج لواجهة الإدارة البرمجية أو أُزيل أو تغيّرت مفاتيحه أو صلاحياته: {about}.',
  ],
}

export const approvalsMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(texts).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
