/** Sentences of what stands in for the e-ID app. */
import type { Messages } from '../http/messages.ts'

export const standInMessages: Messages = {
  fr: {
    'stand_in.title': 'S’identifier avec {provider}',
    'stand_in.why': '{app} ne répond pas en ce moment. Jusqu’à son retour, vous pouvez vous identifier avec :',
    'stand_in.one': 'votre carte d’identité, avec son code PIN ;',
    'stand_in.two':
      'puis un code à six chiffres, que nous envoyons à une adresse ou à un numéro que vous avez déjà fait vérifier ici.',
    'stand_in.level':
      'Le niveau de garantie est alors substantiel, et non élevé : le service en est informé, et ceux qui demandent le niveau élevé restent fermés.',
    'stand_in.read': 'Comment lire votre carte ?',
    'stand_in.read.else': 'Lire la carte autrement',
    'stand_in.phone': 'Avec un téléphone',
    'stand_in.phone.text':
      'Un téléphone qui lit les cartes sans contact. {app} n’y sert que de lecteur : ce téléphone n’est pas forcément le vôtre.',
    'stand_in.phone.go': 'Lire la carte avec un téléphone',
    'stand_in.reader': 'Avec un lecteur de cartes',
    'stand_in.reader.text': 'Un lecteur branché à cet ordinateur, et le logiciel Web eID.',
    'stand_in.reader.go': 'Lire la carte avec un lecteur',
    'stand_in.warning':
      'Nous ne demandons jamais ce code ni votre PIN au téléphone, par courriel ou par message. Si quelqu’un vous a envoyé ici, revenez au service.',
    'stand_in.code.title': 'Un code pour finir',
    'stand_in.code.lead': 'Votre carte est reconnue. Il reste un code, que vous seul recevez.',
    'stand_in.code.where': 'Où l’envoyer ?',
    'stand_in.code.elsewhere': 'L’envoyer ailleurs',
    'stand_in.code.mail': 'Par courriel à {hint}',
    'stand_in.code.sms': 'Par SMS au {hint}',
    'stand_in.code.left': '{left, plural, one {Il vous reste un essai.} other {Il vous reste # essais.}}',
    'stand_in.code.over': 'Ce code ne vaut plus rien',
    'stand_in.code.over.text':
      'Il a plus de dix minutes, il a été essayé cinq fois ou il a déjà servi. Demandez-en un autre.',
    'stand_in.code.too_often': 'Trop d’essais',
    'stand_in.code.too_often.text':
      'Trop de codes faux ont été donnés pour cette personne. Attendez avant de réessayer, ou choisissez un autre compte. Si ce n’était pas vous, faites opposition à votre carte.',
    'stand_in.again': 'Recommencer avec une autre carte ou un autre lecteur',
    'stand_in.stuck.unknown': 'Cette carte n’a encore jamais ouvert de compte ici',
    'stand_in.stuck.unknown.text':
      'Ce moyen remplace {app} pour les personnes qui s’en sont déjà servies ici. Votre carte est en règle, mais nous ne connaissons aucune adresse à vous pour envoyer le code.',
    'stand_in.stuck.no_contact': 'Nous n’avons aucune adresse vérifiée pour vous envoyer un code',
    'stand_in.stuck.no_contact.text':
      'Votre carte est en règle. Mais vous n’avez fait vérifier ici ni adresse de courriel ni numéro de téléphone, ou seulement avec un compte de niveau trop faible.',
    'stand_in.stuck.no_pin': 'La carte a été lue sans son code PIN',
    'stand_in.stuck.no_pin.text':
      'Sans son PIN, une carte ne montre pas qui la tient. Recommencez avec un autre lecteur.',
    'stand_in.stuck.blocked': 'Vous avez exclu {app}',
    'stand_in.stuck.blocked.text':
      'Vous avez demandé que ce compte ne serve plus à vous identifier. Ce moyen le remplace : il est donc exclu lui aussi.',
    'stand_in.stuck.do':
      'Choisissez un autre compte, ou attendez le retour de {app}. Rien n’a été envoyé à personne. Pour une autre fois, faites vérifier une adresse dans votre espace.',
  },
  en: {
    'stand_in.title': 'Sign in with {provider}',
    'stand_in.why': '{app} is not answering at the moment. Until it is back, you can sign in with:',
    'stand_in.one': 'your identity card, with its PIN;',
    'stand_in.two':
      'then a code of six digits, which we send to an address or a number that you have had verified here.',
    'stand_in.level':
      'The assurance level is then substantial, and not high: the service is told so, and services that need the high level stay closed.',
    'stand_in.read': 'How is your card to be read?',
    'stand_in.read.else': 'Read the card in another way',
    'stand_in.phone': 'With a phone',
    'stand_in.phone.text':
      'A phone that reads contactless cards. {app} is nothing but a reader there: the phone need not be your own.',
    'stand_in.phone.go': 'Read the card with a phone',
    'stand_in.reader': 'With a card reader',
    'stand_in.reader.text': 'A reader connected to this computer, and the Web eID software.',
    'stand_in.reader.go': 'Read the card with a reader',
    'stand_in.warning':
      'We never ask for this code or your PIN on the telephone, by mail or in a message. If somebody sent you here, go back to the service.',
    'stand_in.code.title': 'A code to finish',
    'stand_in.code.lead': 'Your card is recognised. What is left is a code that only you receive.',
    'stand_in.code.where': 'Where should it go?',
    'stand_in.code.elsewhere': 'Send it elsewhere',
    'stand_in.code.mail': 'By mail to {hint}',
    'stand_in.code.sms': 'By text message to {hint}',
    'stand_in.code.left': '{left, plural, one {You have one try left.} other {You have # tries left.}}',
    'stand_in.code.over': 'This code is worth nothing any more',
    'stand_in.code.over.text':
      'It is more than ten minutes old, it was tried five times, or it was used. Ask for another one.',
    'stand_in.code.too_often': 'Too many tries',
    'stand_in.code.too_often.text':
      'Too many wrong codes were given for this person. Wait before you try again, or choose another account. If that was not you, report your card as stolen.',
    'stand_in.again': 'Begin again with another card or another reader',
    'stand_in.stuck.unknown': 'This card has never opened an account here',
    'stand_in.stuck.unknown.text':
      'This takes the place of {app} for people who have used it here before. Your card is in order, but we know no address of yours to send the code to.',
    'stand_in.stuck.no_contact': 'We have no verified address to send you a code',
    'stand_in.stuck.no_contact.text':
      'Your card is in order. But you have had neither a mail address nor a telephone number verified here, or only with an account of too low a level.',
    'stand_in.stuck.no_pin': 'The card was read without its PIN',
    'stand_in.stuck.no_pin.text':
      'Without its PIN, a card does not show who is holding it. Begin again with another reader.',
    'stand_in.stuck.blocked': 'You have left out {app}',
    'stand_in.stuck.blocked.text':
      'You asked that this account should not sign you in any more. This takes its place, so it is left out as well.',
    'stand_in.stuck.do':
      'Choose another account, or wait until {app} is back. Nothing was sent to anybody. For another time, have an address verified in your space.',
  },
  ar: {
    'stand_in.title': 'تسجيل الدخول بواسطة {provider}',
    'stand_in.why': '{app} لا يجيب الآن. إلى أن يعود، يمكنك تسجيل الدخول بما يلي:',
    'stand_in.one': 'بطاقة تعريفك مع رمزها السرّي (PIN)،',
    'stand_in.two': 'ثم رمز من ستة أرقام نرسله إلى عنوان أو رقم سبق أن تحققنا منه معك هنا.',
    'stand_in.level':
      'يكون مستوى الضمان عندئذ معتبرًا لا عاليًا: تُبلَّغ الخدمة بذلك، وتبقى الخدمات التي تطلب المستوى العالي مغلقة.',
    'stand_in.read': 'كيف تُقرأ بطاقتك؟',
    'stand_in.read.else': 'قراءة البطاقة بطريقة أخرى',
    'stand_in.phone': 'بهاتف',
    'stand_in.phone.text':
      'هاتف يقرأ البطاقات دون تلامس. لا يُستعمل فيه {app} إلا قارئًا، وليس من الضروري أن يكون هاتفك.',
    'stand_in.phone.go': 'قراءة البطاقة بهاتف',
    'stand_in.reader': 'بقارئ بطاقات',
    'stand_in.reader.text': 'قارئ موصول بهذا الحاسوب مع برنامج Web eID.',
    'stand_in.reader.go': 'قراءة البطاقة بقارئ',
    'stand_in.warning':
      'لا نطلب أبدًا هذا الرمز ولا رمزك السرّي عبر الهاتف أو البريد أو رسالة. إذا أرسلك أحد إلى هنا فعُد إلى الخدمة.',
    'stand_in.code.title': 'رمز أخير',
    'stand_in.code.lead': 'تعرّفنا على بطاقتك. بقي رمز لا يستلمه غيرك.',
    'stand_in.code.where': 'إلى أين نرسله؟',
    'stand_in.code.elsewhere': 'إرساله إلى مكان آخر',
    'stand_in.code.mail': 'بالبريد الإلكتروني إلى {hint}',
    'stand_in.code.sms': 'برسالة قصيرة إلى {hint}',
    'stand_in.code.left':
      '{left, plural, zero {لم تبق لك أي محاولة.} one {بقيت لك محاولة واحدة.} two {بقيت لك محاولتان.} few {بقيت لك # محاولات.} many {بقيت لك # محاولة.} other {بقيت لك # محاولة.}}',
    'stand_in.code.over': 'لم يعد هذا الرمز صالحًا',
    'stand_in.code.over.text': 'مرّت عليه أكثر من عشر دقائق، أو جُرّب خمس مرات، أو سبق استعماله. اطلب رمزًا آخر.',
    'stand_in.code.too_often': 'محاولات كثيرة',
    'stand_in.code.too_often.text':
      'أُدخلت رموز خاطئة كثيرة لهذا الشخص. انتظر قبل أن تعيد المحاولة أو اختر حسابًا آخر. وإذا لم تكن أنت من فعل ذلك فبلّغ عن بطاقتك.',
    'stand_in.again': 'البدء من جديد ببطاقة أخرى أو قارئ آخر',
    'stand_in.stuck.unknown': 'لم تفتح هذه البطاقة أي حساب هنا من قبل',
    'stand_in.stuck.unknown.text':
      'تحلّ هذه الوسيلة محلّ {app} لمن سبق له استعماله هنا. بطاقتك سليمة، لكننا لا نعرف لك عنوانًا نرسل إليه الرمز.',
    'stand_in.stuck.no_contact': 'ليس لدينا عنوان متحقق منه لإرسال رمز إليك',
    'stand_in.stuck.no_contact.text':
      'بطاقتك سليمة، لكنك لم تتحقق هنا من بريد إلكتروني ولا من رقم هاتف، أو فعلت ذلك بحساب مستواه أدنى من المطلوب.',
    'stand_in.stuck.no_pin': 'قُرئت البطاقة دون رمزها السرّي',
    'stand_in.stuck.no_pin.text': 'لا تبيّن البطاقة من يحملها إلا برمزها السرّي. ابدأ من جديد بقارئ آخر.',
    'stand_in.stuck.blocked': 'لقد استبعدت {app}',
    'stand_in.stuck.blocked.text': 'طلبت ألا يُستعمل هذا الحساب لتسجيل دخولك. وهذه الوسيلة تحلّ محلّه فهي مستبعدة أيضًا.',
    'stand_in.stuck.do': 'اختر حسابًا آخر أو انتظر عودة {app}. لم يُرسَل شيء إلى أحد. وتحقق من عنوان في فضائك لمرة قادمة.',
  },
}
