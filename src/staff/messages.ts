/** Sentences of the pages by which operators and partners’ staff arrive and leave, of letters, and the names of roles. */
import type { Messages } from '../http/messages.ts'

export const staffMessages: Messages = {
  fr: {
    'role.administrator': 'Administrateur',
    'role.support': 'Assistance',
    'role.security_officer': 'Responsable de la sécurité',
    'role.data_protection_officer': 'Délégué à la protection des données',
    'role.auditor': 'Auditeur',
    'role.means_manager': 'Gestionnaire des moyens d’identification',

    'join.operator.title': 'Devenir opérateur',
    'join.heading': '{name}, voici votre invitation',
    'join.operator.lead':
      'Vous allez travailler sur {hub} avec {count, plural, one {cette fonction} other {ces fonctions}} :',
    'join.not_you': 'Ce nom n’est pas le vôtre ? N’allez pas plus loin et prévenez qui vous a envoyé ce lien.',
    'join.passkey': 'Enregistrez votre clé d’accès',
    'join.passkey.text':
      'Une clé d’accès remplace le mot de passe. Elle reste dans votre appareil ou dans une clé de sécurité, et s’ouvre avec votre empreinte, votre visage ou un code : personne ne peut la deviner ni vous la soutirer.',
    'join.again':
      'Elle remplacera toutes vos clés d’accès précédentes, qui ne serviront plus, et mettra fin à vos sessions ouvertes.',
    'join.once': 'Ce lien sert une seule fois. Il s’éteint à la fin de l’enregistrement, pas avant.',
    'join.go': 'Enregistrer ma clé d’accès',

    'sign_in.operator.title': 'Espace des opérateurs',
    'sign_in.operator.lead': 'Réservé à celles et ceux qui font fonctionner {hub}.',
    'sign_in.text':
      'Votre appareil va vous demander votre empreinte, votre visage, un code, ou de toucher votre clé de sécurité.',
    'sign_in.go': 'S’identifier avec une clé d’accès',
    'sign_in.rules': 'La session s’arrête après 15 minutes sans activité, et au bout de 8 heures dans tous les cas.',
    'sign_in.operator.stranger': 'Vous n’êtes pas opérateur ?',
    'sign_in.stranger.text': 'Vous n’avez rien à faire ici : commencez par le site du service où vous voulez aller.',
    'sign_in.lost': 'Clé d’accès perdue ou volée ?',
    'sign_in.operator.lost.text':
      'Prévenez tout de suite un administrateur : il vous envoie un nouveau lien, et l’ancienne clé ne sert plus dès que vous l’utilisez. Il peut aussi vous suspendre sur-le-champ.',
    'sign_in.after.joined': 'Votre clé d’accès est enregistrée',
    'sign_in.after.joined.text': 'Identifiez-vous maintenant avec elle.',
    'sign_in.after.left': 'Vous êtes déconnecté',
    'sign_in.after.left.text': 'Votre session est fermée dans ce navigateur.',
    'sign_in.after.ended': 'Votre session est terminée',
    'sign_in.after.ended.text': 'Identifiez-vous de nouveau pour continuer.',

    'staff_role.administrator': 'Administrateur',
    'staff_role.technician': 'Technicien',
    'staff_role.security_contact': 'Contact de sécurité',

    'join.staff.title': 'Rejoindre l’espace des partenaires',
    'join.staff.lead':
      'Vous allez agir pour {partner} sur {hub}, avec {count, plural, one {cette fonction} other {ces fonctions}} :',

    'sign_in.staff.title': 'Espace des partenaires',
    'sign_in.staff.lead': 'Réservé aux équipes des services et des fournisseurs d’identité reliés à {hub}.',
    'sign_in.staff.lost.text':
      'Prévenez tout de suite ceux qui vous ont envoyé votre invitation : ils vous donnent un nouveau lien, et l’ancienne clé ne sert plus dès que vous l’utilisez. Ils peuvent aussi vous suspendre sur-le-champ.',
    'sign_in.staff.stranger': 'Vous ne travaillez pas pour un partenaire ?',

    'staff.letter.partner.roles.subject': '{hub} : une personne a d’autres fonctions pour {partner}',
    'staff.letter.partner.roles.text':
      'Bonjour,\n\nUn administrateur de {partner} a changé les fonctions de {name} sur {hub}. Fonction : {roles}. Ses sessions sont terminées.\n\nSi vous vous y attendiez, vous n’avez rien à faire.\n\nSinon, prévenez tout de suite vos interlocuteurs de {hub}, par un numéro ou une adresse que vous connaissez déjà.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'staff.letter.invited.roles.subject': '{hub} : vos fonctions pour {partner} ont changé',
    'staff.letter.invited.roles.text':
      'Bonjour {name},\n\nUn administrateur de {partner} a changé ce que vous pouvez faire sur {hub}. Fonction : {roles}. Vos sessions sont terminées ; votre clé d’accès reste la même.\n\nSi vous ne savez pas pourquoi, demandez-le à un administrateur de {partner}, de vive voix.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'staff.letter.partner.subject': '{hub} : une personne est invitée à agir pour {partner}',
    'staff.letter.partner.text':
      'Bonjour,\n\n{name} vient de recevoir une invitation à agir pour {partner} sur {hub}. Fonction : {roles}.\n\nCette invitation vaut 24 heures et sert une seule fois. Si vous l’attendiez, vous n’avez rien à faire.\n\nSi vous ne l’attendiez pas, prévenez tout de suite vos interlocuteurs de {hub}, par un numéro ou une adresse que vous connaissez déjà : ils peuvent l’annuler à tout moment.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'staff.letter.invited.subject': '{hub} : vous êtes invité à agir pour {partner}',
    'staff.letter.invited.text':
      'Bonjour {name},\n\nVous êtes invité à agir pour {partner} sur {hub}. Fonction : {roles}.\n\nVotre lien vous est remis à part, par la personne qui vous invite. Il vaut 24 heures et sert une seule fois : n’en donnez copie à personne.\n\nSi vous n’attendiez pas cette invitation, ou si personne ne vous remet ce lien, n’en faites rien.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',

    'passkey.noscript': 'JavaScript est désactivé',
    'passkey.noscript.text':
      'Le navigateur ne peut ouvrir une clé d’accès qu’avec JavaScript. Activez-le pour ce site, puis rechargez la page.',
    'passkey.unsupported': 'Ce navigateur ne connaît pas les clés d’accès',
    'passkey.unsupported.text':
      'Ouvrez la même adresse avec une version récente de Firefox, Chrome, Edge ou Safari, sur un ordinateur ou un téléphone à jour.',
    'passkey.cancelled': 'Rien n’a été fait',
    'passkey.cancelled.text':
      'Vous avez annulé, ou le délai est passé, ou cet appareil n’a pas de clé pour ce site. Appuyez de nouveau sur le bouton, au besoin avec un autre appareil.',
    'passkey.known': 'Cet appareil a déjà une clé d’accès pour vous',
    'passkey.known.text': 'Utilisez un autre appareil ou une autre clé de sécurité.',
    'passkey.failed': 'La clé d’accès n’a pas pu être utilisée',
    'passkey.failed.text':
      'Rechargez la page et réessayez. Si cela continue, essayez un autre appareil ou une autre clé de sécurité.',
  },
  en: {
    'role.administrator': 'Administrator',
    'role.support': 'Support',
    'role.security_officer': 'Security officer',
    'role.data_protection_officer': 'Data protection officer',
    'role.auditor': 'Auditor',
    'role.means_manager': 'Manager of means of identification',

    'join.operator.title': 'Become an operator',
    'join.heading': '{name}, this is your invitation',
    'join.operator.lead': 'You will work on {hub} in {count, plural, one {this role} other {these roles}}:',
    'join.not_you': 'Not your name? Do not go on, and tell whoever sent you this link.',
    'join.passkey': 'Register your passkey',
    'join.passkey.text':
      'A passkey takes the place of a password. It stays in your device or in a security key, and opens with your fingerprint, your face or a code: nobody can guess it or talk you out of it.',
    'join.again': 'It will replace all your former passkeys, which will no longer work, and end your open sessions.',
    'join.once': 'This link serves once. It ends when the registration is complete, not before.',
    'join.go': 'Register my passkey',

    'sign_in.operator.title': 'Operators’ space',
    'sign_in.operator.lead': 'For those who run {hub} only.',
    'sign_in.text':
      'Your device will ask for your fingerprint, your face, a code, or for a touch of your security key.',
    'sign_in.go': 'Sign in with a passkey',
    'sign_in.rules': 'The session ends after 15 minutes without activity, and after 8 hours in any case.',
    'sign_in.operator.stranger': 'Not an operator?',
    'sign_in.stranger.text': 'There is nothing for you here: start from the site of the service you want to use.',
    'sign_in.lost': 'Passkey lost or stolen?',
    'sign_in.operator.lost.text':
      'Tell an administrator at once: they send you a new link, and the old key stops working as soon as you use it. They can also suspend you on the spot.',
    'sign_in.after.joined': 'Your passkey is registered',
    'sign_in.after.joined.text': 'Now sign in with it.',
    'sign_in.after.left': 'You are signed out',
    'sign_in.after.left.text': 'Your session in this browser is closed.',
    'sign_in.after.ended': 'Your session is over',
    'sign_in.after.ended.text': 'Sign in again to go on.',

    'staff_role.administrator': 'Administrator',
    'staff_role.technician': 'Technician',
    'staff_role.security_contact': 'Security contact',

    'join.staff.title': 'Join the partners’ space',
    'join.staff.lead': 'You will act for {partner} on {hub}, in {count, plural, one {this role} other {these roles}}:',

    'sign_in.staff.title': 'Partners’ space',
    'sign_in.staff.lead': 'For the teams of the services and identity providers connected to {hub} only.',
    'sign_in.staff.lost.text':
      'Tell those who sent you your invitation at once: they give you a new link, and the old key stops working as soon as you use it. They can also suspend you on the spot.',
    'sign_in.staff.stranger': 'Not working for a partner?',

    'staff.letter.partner.roles.subject': '{hub}: somebody has other roles for {partner}',
    'staff.letter.partner.roles.text':
      'Hello,\n\nAn administrator of {partner} changed the roles of {name} on {hub}. Role: {roles}. Their sessions ended.\n\nIf you expected this, there is nothing to do.\n\nIf not, tell your contacts at {hub} at once, by a number or an address that you know already.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'staff.letter.invited.roles.subject': '{hub}: your roles for {partner} changed',
    'staff.letter.invited.roles.text':
      'Hello {name},\n\nAn administrator of {partner} changed what you may do on {hub}. Role: {roles}. Your sessions ended; your passkey stays the same.\n\nIf you do not know why, ask an administrator of {partner}, by word of mouth.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'staff.letter.partner.subject': '{hub}: somebody is invited to act for {partner}',
    'staff.letter.partner.text':
      'Hello,\n\n{name} has just been given an invitation to act for {partner} on {hub}. Role: {roles}.\n\nThe invitation is good for 24 hours and once only. If you expected it, there is nothing to do.\n\nIf you did not expect it, tell the people you deal with at {hub} at once, by a number or address that you already know: they can cancel it at any time.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'staff.letter.invited.subject': '{hub}: you are invited to act for {partner}',
    'staff.letter.invited.text':
      'Hello {name},\n\nYou are invited to act for {partner} on {hub}. Role: {roles}.\n\nYour link is handed to you separately, by the person who invites you. It is good for 24 hours and once only: give a copy of it to nobody.\n\nIf you did not expect this invitation, or if nobody hands you the link, do nothing.\n\nThis message contains no link, and we will never ask you for a code by message.',

    'passkey.noscript': 'JavaScript is turned off',
    'passkey.noscript.text':
      'A browser can open a passkey only with JavaScript. Turn it on for this site, then reload the page.',
    'passkey.unsupported': 'This browser does not know passkeys',
    'passkey.unsupported.text':
      'Open the same address in a recent version of Firefox, Chrome, Edge or Safari, on a computer or phone that is up to date.',
    'passkey.cancelled': 'Nothing was done',
    'passkey.cancelled.text':
      'You cancelled, or it took too long, or this device has no key for this site. Press the button again, if need be with another device.',
    'passkey.known': 'This device already has a passkey for you',
    'passkey.known.text': 'Use another device or another security key.',
    'passkey.failed': 'The passkey could not be used',
    'passkey.failed.text': 'Reload the page and try again. If it goes on, try another device or another security key.',
  },
  ar: {
    'role.administrator': 'مدير',
    'role.support': 'الدعم',
    'role.security_officer': 'مسؤول الأمن',
    'role.data_protection_officer': 'مندوب حماية البيانات',
    'role.auditor': 'مدقّق',
    'role.means_manager': 'مسؤول وسائل التعريف',

    'join.operator.title': 'الانضمام إلى المشغّلين',
    'join.heading': '{name}، هذه دعوتك',
    'join.operator.lead':
      '{count, plural, one {ستعمل على {hub} بهذه الوظيفة:} two {ستعمل على {hub} بهاتين الوظيفتين:} few {ستعمل على {hub} بهذه الوظائف:} many {ستعمل على {hub} بهذه الوظائف:} other {ستعمل على {hub} بهذه الوظائف:}}',
    'join.not_you': 'أليس هذا اسمك؟ لا تتابع، وأخبر من أرسل إليك هذا الرابط.',
    'join.passkey': 'سجّل مفتاح مرورك',
    'join.passkey.text':
      'يحلّ مفتاح المرور محلّ كلمة المرور. يبقى في جهازك أو في مفتاح أمان، ويُفتح ببصمتك أو بوجهك أو برمز: لا يستطيع أحد تخمينه أو انتزاعه منك.',
    'join.again': 'سيحلّ محلّ جميع مفاتيح مرورك السابقة فتتوقف عن العمل، وستنتهي جلساتك المفتوحة.',
    'join.once': 'هذا الرابط صالح لمرة واحدة. وينتهي عند اكتمال التسجيل لا قبله.',
    'join.go': 'تسجيل مفتاح مروري',

    'sign_in.operator.title': 'فضاء المشغّلين',
    'sign_in.operator.lead': 'مخصَّص لمن يشغّلون {hub}.',
    'sign_in.text': 'سيطلب منك جهازك بصمتك أو وجهك أو رمزًا أو لمس مفتاح أمانك.',
    'sign_in.go': 'تسجيل الدخول بمفتاح مرور',
    'sign_in.rules': 'تنتهي الجلسة بعد 15 دقيقة من عدم النشاط، وبعد 8 ساعات في كل الأحوال.',
    'sign_in.operator.stranger': 'ألست مشغّلًا؟',
    'sign_in.stranger.text': 'لا شيء لك هنا: ابدأ من موقع الخدمة التي تريدها.',
    'sign_in.lost': 'هل ضاع مفتاح مرورك أو سُرق؟',
    'sign_in.operator.lost.text':
      'أخبر أحد المديرين فورًا: يرسل إليك رابطًا جديدًا، ويتوقف المفتاح القديم عن العمل حالما تستعمله. ويمكنه أيضًا تعليق حسابك في الحال.',
    'sign_in.after.joined': 'سُجّل مفتاح مرورك',
    'sign_in.after.joined.text': 'سجّل دخولك به الآن.',
    'sign_in.after.left': 'تم تسجيل خروجك',
    'sign_in.after.left.text': 'أُغلقت جلستك في هذا المتصفح.',
    'sign_in.after.ended': 'انتهت جلستك',
    'sign_in.after.ended.text': 'سجّل دخولك من جديد للمتابعة.',

    'staff_role.administrator': 'مدير',
    'staff_role.technician': 'تقني',
    'staff_role.security_contact': 'مسؤول الاتصال الأمني',

    'join.staff.title': 'الانضمام إلى فضاء الشركاء',
    'join.staff.lead':
      '{count, plural, one {ستتصرف باسم {partner} على {hub} بهذه الوظيفة:} two {ستتصرف باسم {partner} على {hub} بهاتين الوظيفتين:} few {ستتصرف باسم {partner} على {hub} بهذه الوظائف:} many {ستتصرف باسم {partner} على {hub} بهذه الوظائف:} other {ستتصرف باسم {partner} على {hub} بهذه الوظائف:}}',

    'sign_in.staff.title': 'فضاء الشركاء',
    'sign_in.staff.lead': 'مخصَّص لفرق الخدمات ومزوّدي الهوية المرتبطين بـ{hub}.',
    'sign_in.staff.lost.text':
      'أخبر من أرسل إليك الدعوة فورًا: يعطيك رابطًا جديدًا، ويتوقف المفتاح القديم عن العمل حالما تستعمله. ويمكنه أيضًا تعليق حسابك في الحال.',
    'sign_in.staff.stranger': 'ألا تعمل لدى شريك؟',

    'staff.letter.partner.roles.subject': '{hub}: تغيّرت وظائف شخص يعمل باسم {partner}',
    'staff.letter.partner.roles.text':
      'مرحبًا،\n\nغيّر أحد مديري {partner} وظائف {name} على {hub}. الوظيفة: {roles}. انتهت جلساته.\n\nإن كنت تتوقع ذلك فلا شيء عليك.\n\nوإلا فأبلغ فورًا من تتواصل معهم في {hub}، برقم أو عنوان تعرفه من قبل.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'staff.letter.invited.roles.subject': '{hub}: تغيّرت وظائفك باسم {partner}',
    'staff.letter.invited.roles.text':
      'مرحبًا {name}،\n\nغيّر أحد مديري {partner} ما يمكنك فعله على {hub}. الوظيفة: {roles}. انتهت جلساتك، ويبقى مفتاح مرورك نفسه.\n\nإن لم تعرف السبب فاسأل أحد مديري {partner} شفويًا.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'staff.letter.partner.subject': '{hub}: دعوة شخص للتصرف باسم {partner}',
    'staff.letter.partner.text':
      'مرحبًا،\n\nتلقّى {name} للتو دعوة للتصرف باسم {partner} على {hub}. الوظيفة: {roles}.\n\nهذه الدعوة صالحة لمدة 24 ساعة ولمرة واحدة. إن كنت تنتظرها فلا شيء عليك.\n\nوإن لم تكن تنتظرها فأخبر فورًا من تتعامل معهم في {hub}، على رقم أو عنوان تعرفه من قبل: يمكنهم إلغاؤها في أي وقت.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'staff.letter.invited.subject': '{hub}: أنت مدعوّ للتصرف باسم {partner}',
    'staff.letter.invited.text':
      'مرحبًا {name}،\n\nأنت مدعوّ للتصرف باسم {partner} على {hub}. الوظيفة: {roles}.\n\nيُسلَّم إليك رابطك على حدة من الشخص الذي يدعوك. وهو صالح لمدة 24 ساعة ولمرة واحدة: لا تعطِ نسخة منه لأحد.\n\nإن لم تكن تنتظر هذه الدعوة، أو لم يسلّمك أحد الرابط، فلا تفعل شيئًا.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',

    'passkey.noscript': 'جافا سكريبت معطَّل',
    'passkey.noscript.text':
      'لا يستطيع المتصفح فتح مفتاح مرور من دون جافا سكريبت. فعّله لهذا الموقع ثم أعد تحميل الصفحة.',
    'passkey.unsupported': 'هذا المتصفح لا يعرف مفاتيح المرور',
    'passkey.unsupported.text':
      'افتح العنوان نفسه بإصدار حديث من Firefox أو Chrome أو Edge أو Safari، على حاسوب أو هاتف محدَّث.',
    'passkey.cancelled': 'لم يحدث شيء',
    'passkey.cancelled.text':
      'ألغيتَ العملية، أو انقضت المهلة، أو ليس في هذا الجهاز مفتاح لهذا الموقع. اضغط الزر من جديد، وعند الحاجة بجهاز آخر.',
    'passkey.known': 'في هذا الجهاز مفتاح مرور لك',
    'passkey.known.text': 'استعمل جهازًا آخر أو مفتاح أمان آخر.',
    'passkey.failed': 'تعذّر استعمال مفتاح المرور',
    'passkey.failed.text': 'أعد تحميل الصفحة وحاول من جديد. وإن استمر الأمر فجرّب جهازًا آخر أو مفتاح أمان آخر.',
  },
}
