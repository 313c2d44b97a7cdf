/** Sentences of the pages by which operators arrive and leave, and the names of their roles. */
import type { Messages } from '../http/messages.ts'

export const operatorMessages: Messages = {
  fr: {
    'role.administrator': 'Administrateur',
    'role.support': 'Assistance',
    'role.security_officer': 'Responsable de la sécurité',
    'role.data_protection_officer': 'Délégué à la protection des données',
    'role.auditor': 'Auditeur',
    'role.means_manager': 'Gestionnaire des moyens d’identification',

    'join.operator.title': 'Devenir opérateur',
    'join.operator.heading': '{name}, voici votre invitation',
    'join.operator.lead':
      'Vous allez travailler sur {hub} avec {count, plural, one {cette fonction} other {ces fonctions}} :',
    'join.operator.not_you': 'Ce nom n’est pas le vôtre ? N’allez pas plus loin et prévenez qui vous a envoyé ce lien.',
    'join.operator.passkey': 'Enregistrez votre clé d’accès',
    'join.operator.passkey.text':
      'Une clé d’accès remplace le mot de passe. Elle reste dans votre appareil ou dans une clé de sécurité, et s’ouvre avec votre empreinte, votre visage ou un code : personne ne peut la deviner ni vous la soutirer.',
    'join.operator.again':
      'Elle remplacera toutes vos clés d’accès précédentes, qui ne serviront plus, et mettra fin à vos sessions ouvertes.',
    'join.operator.once': 'Ce lien sert une seule fois. Il s’éteint à la fin de l’enregistrement, pas avant.',
    'join.operator.go': 'Enregistrer ma clé d’accès',

    'sign_in.operator.title': 'Espace des opérateurs',
    'sign_in.operator.lead': 'Réservé à celles et ceux qui font fonctionner {hub}.',
    'sign_in.operator.text':
      'Votre appareil va vous demander votre empreinte, votre visage, un code, ou de toucher votre clé de sécurité.',
    'sign_in.operator.go': 'S’identifier avec une clé d’accès',
    'sign_in.operator.rules':
      'La session s’arrête après 15 minutes sans activité, et au bout de 8 heures dans tous les cas.',
    'sign_in.operator.stranger': 'Vous n’êtes pas opérateur ?',
    'sign_in.operator.stranger.text':
      'Vous n’avez rien à faire ici : commencez par le site du service où vous voulez aller.',
    'sign_in.operator.lost': 'Clé d’accès perdue ou volée ?',
    'sign_in.operator.lost.text':
      'Prévenez tout de suite un administrateur : il vous envoie un nouveau lien, et l’ancienne clé ne sert plus dès que vous l’utilisez. Il peut aussi vous suspendre sur-le-champ.',
    'sign_in.operator.after.joined': 'Votre clé d’accès est enregistrée',
    'sign_in.operator.after.joined.text': 'Identifiez-vous maintenant avec elle.',
    'sign_in.operator.after.left': 'Vous êtes déconnecté',
    'sign_in.operator.after.left.text': 'Votre session d’opérateur est terminée.',
    'sign_in.operator.after.ended': 'Votre session est terminée',
    'sign_in.operator.after.ended.text': 'Identifiez-vous de nouveau pour continuer.',

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
    'join.operator.heading': '{name}, this is your invitation',
    'join.operator.lead': 'You will work on {hub} in {count, plural, one {this role} other {these roles}}:',
    'join.operator.not_you': 'Not your name? Do not go on, and tell whoever sent you this link.',
    'join.operator.passkey': 'Register your passkey',
    'join.operator.passkey.text':
      'A passkey takes the place of a password. It stays in your device or in a security key, and opens with your fingerprint, your face or a code: nobody can guess it or talk you out of it.',
    'join.operator.again':
      'It will replace all your former passkeys, which will no longer work, and end your open sessions.',
    'join.operator.once': 'This link serves once. It ends when the registration is complete, not before.',
    'join.operator.go': 'Register my passkey',

    'sign_in.operator.title': 'Operators’ space',
    'sign_in.operator.lead': 'For those who run {hub} only.',
    'sign_in.operator.text':
      'Your device will ask for your fingerprint, your face, a code, or for a touch of your security key.',
    'sign_in.operator.go': 'Sign in with a passkey',
    'sign_in.operator.rules': 'The session ends after 15 minutes without activity, and after 8 hours in any case.',
    'sign_in.operator.stranger': 'Not an operator?',
    'sign_in.operator.stranger.text':
      'There is nothing for you here: start from the site of the service you want to use.',
    'sign_in.operator.lost': 'Passkey lost or stolen?',
    'sign_in.operator.lost.text':
      'Tell an administrator at once: they send you a new link, and the old key stops working as soon as you use it. They can also suspend you on the spot.',
    'sign_in.operator.after.joined': 'Your passkey is registered',
    'sign_in.operator.after.joined.text': 'Now sign in with it.',
    'sign_in.operator.after.left': 'You are signed out',
    'sign_in.operator.after.left.text': 'Your operator session is over.',
    'sign_in.operator.after.ended': 'Your session is over',
    'sign_in.operator.after.ended.text': 'Sign in again to go on.',

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
    'join.operator.heading': '{name}، هذه دعوتك',
    'join.operator.lead':
      '{count, plural, one {ستعمل على {hub} بهذه الوظيفة:} two {ستعمل على {hub} بهاتين الوظيفتين:} few {ستعمل على {hub} بهذه الوظائف:} many {ستعمل على {hub} بهذه الوظائف:} other {ستعمل على {hub} بهذه الوظائف:}}',
    'join.operator.not_you': 'أليس هذا اسمك؟ لا تتابع، وأخبر من أرسل إليك هذا الرابط.',
    'join.operator.passkey': 'سجّل مفتاح مرورك',
    'join.operator.passkey.text':
      'يحلّ مفتاح المرور محلّ كلمة المرور. يبقى في جهازك أو في مفتاح أمان، ويُفتح ببصمتك أو بوجهك أو برمز: لا يستطيع أحد تخمينه أو انتزاعه منك.',
    'join.operator.again': 'سيحلّ محلّ جميع مفاتيح مرورك السابقة فتتوقف عن العمل، وستنتهي جلساتك المفتوحة.',
    'join.operator.once': 'هذا الرابط صالح لمرة واحدة. وينتهي عند اكتمال التسجيل لا قبله.',
    'join.operator.go': 'تسجيل مفتاح مروري',

    'sign_in.operator.title': 'فضاء المشغّلين',
    'sign_in.operator.lead': 'مخصَّص لمن يشغّلون {hub}.',
    'sign_in.operator.text': 'سيطلب منك جهازك بصمتك أو وجهك أو رمزًا أو لمس مفتاح أمانك.',
    'sign_in.operator.go': 'تسجيل الدخول بمفتاح مرور',
    'sign_in.operator.rules': 'تنتهي الجلسة بعد 15 دقيقة من عدم النشاط، وبعد 8 ساعات في كل الأحوال.',
    'sign_in.operator.stranger': 'ألست مشغّلًا؟',
    'sign_in.operator.stranger.text': 'لا شيء لك هنا: ابدأ من موقع الخدمة التي تريدها.',
    'sign_in.operator.lost': 'هل ضاع مفتاح مرورك أو سُرق؟',
    'sign_in.operator.lost.text':
      'أخبر أحد المديرين فورًا: يرسل إليك رابطًا جديدًا، ويتوقف المفتاح القديم عن العمل حالما تستعمله. ويمكنه أيضًا تعليق حسابك في الحال.',
    'sign_in.operator.after.joined': 'سُجّل مفتاح مرورك',
    'sign_in.operator.after.joined.text': 'سجّل دخولك به الآن.',
    'sign_in.operator.after.left': 'تم تسجيل خروجك',
    'sign_in.operator.after.left.text': 'انتهت جلستك بصفتك مشغّلًا.',
    'sign_in.operator.after.ended': 'انتهت جلستك',
    'sign_in.operator.after.ended.text': 'سجّل دخولك من جديد للمتابعة.',

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
