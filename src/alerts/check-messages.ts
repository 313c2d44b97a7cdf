/** Sentences of the page "is this message really yours?", and the warning that stands ready (R106). */
import type { Messages } from '../http/messages.ts'

export const checkMessages: Messages = {
  fr: {
    'check.title': 'Ce message est-il bien de {name} ?',
    'check.lead':
      'Vous avez reçu un message qui semble venir de nous ? Donnez son code et l’adresse qui l’a reçu. Nous vous dirons si nous avons envoyé un message avec ce code à cette adresse.',
    'check.page.sent': 'Nous avons écrit à cette adresse',
    'check.page.not_sent': 'Nous n’avons pas envoyé cela à cette adresse',
    'check.page.malformed': 'Erreur : à corriger',
    'check.page.too_often': 'Trop de demandes',
    'check.page.code_everywhere': 'Ce code circule',
    'check.code': 'Code du message',
    'check.code.hint':
      'Douze lettres et chiffres en trois groupes, comme K7QX-2M4P-9TRC. Il est écrit dans le message, après « Code de ce message ».',
    'check.address': 'Adresse qui a reçu le message',
    'check.address.hint': 'La vôtre, pas celle de l’expéditeur.',
    'check.go': 'Vérifier',
    'check.sent': 'Nous avons envoyé un message avec ce code à cette adresse.',
    'check.sent.date': 'Envoyé le',
    'check.sent.about': 'À propos de',
    'check.about.sign_in': 'une connexion avec votre identité',
    'check.about.protection': 'un changement de votre protection',
    'check.about.reminder': 'un moyen d’identification qui prend fin',
    'check.about.code': 'un code que quelqu’un a demandé',
    'check.about.answer': 'la réponse à une demande d’aide',
    'check.about.case': 'un signalement d’usurpation d’identité',
    'check.sent.but':
      'Attention : un fraudeur peut recopier le code d’un vrai message dans un faux. Si la date ou le sujet ne correspondent pas à ce que vous avez sous les yeux, n’en faites rien.',
    'check.sent.copy':
      'Nous gardons une copie de ce que nous vous écrivons : tapez vous-même {place} dans votre navigateur, puis ouvrez « Messages ».',
    'check.not_sent': 'Nous n’avons pas envoyé cela à cette adresse.',
    'check.not_sent.text':
      'Vérifiez d’abord le code et l’adresse. Si les deux sont justes, ce message ne vient pas de nous : ne cliquez sur rien, ne répondez pas, et supprimez-le. Si vous y avez déjà donné un mot de passe ou un code, changez-le tout de suite.',
    'check.malformed.code': 'Ce code n’a pas la forme des nôtres.',
    'check.malformed.code.text':
      'Les nôtres ont douze lettres et chiffres, et le dernier permet de voir une faute de frappe. Recopiez-le encore une fois. S’il est bien écrit ainsi dans le message, le message ne vient pas de nous.',
    'check.malformed.address': 'Cette adresse n’est pas complète.',
    'check.malformed.address.text': 'Écrivez l’adresse entière, comme prenom.nom@exemple.fr.',
    'check.too_often': 'Trop de demandes sont venues de votre réseau.',
    'check.too_often.text':
      'Réessayez dans une heure. En attendant, ne cliquez sur rien dans ce message : tapez vous-même {place}, vous y trouverez ce que nous vous avons vraiment écrit.',
    'check.code_everywhere': 'Ce code a été essayé avec trop d’adresses.',
    'check.code_everywhere.text':
      'C’est ce qui arrive quand un fraudeur recopie le code d’un vrai message dans beaucoup de faux. Tenez ce message pour faux : ne cliquez sur rien. Tapez vous-même {place}, vous y trouverez ce que nous vous avons vraiment écrit.',
    'check.never': 'Ce qu’un vrai message de {name} ne fait jamais',
    'check.never.link': 'Il ne contient aucun lien, ni bouton, ni image à ouvrir.',
    'check.never.secret':
      'Il ne demande ni mot de passe, ni code, ni photo de papiers. Un code que vous avez demandé se recopie seulement dans la page où vous l’avez demandé.',
    'check.never.file': 'Il n’a pas de pièce jointe, et ne fait rien installer.',
    'check.never.hurry': 'Il ne menace pas et ne fixe pas de délai pour « garder votre compte ».',
    'check.never.money':
      'Il ne demande pas d’argent et ne promet pas de remboursement. Nous n’appelons pas non plus pour demander un code.',
    'check.doubt': 'Dans le doute',
    'check.doubt.nothing': 'Ne cliquez sur rien et ne répondez pas. Un vrai message peut attendre.',
    'check.doubt.type':
      'Tapez vous-même {place} dans votre navigateur : vous y trouverez une copie de tout ce que nous vous écrivons.',
    'check.doubt.code':
      'Nos SMS n’ont pas de code de message : ils ne contiennent qu’un code que vous venez de demander, jamais un lien à ouvrir.',
    'check.doubt.report': 'Quelqu’un s’est servi de votre identité ?',
    'check.doubt.report.go': 'Signalez-le, même sans vous identifier.',
    'check.doubt.password':
      'Si vous avez déjà donné un mot de passe ou un code, changez le mot de passe tout de suite, en tapant vous-même l’adresse du site.',
    'phishing.ready.messages':
      'De faux messages qui imitent les nôtres circulent. Nos vrais messages ne contiennent aucun lien et ne demandent jamais de mot de passe ni de code. Ne cliquez sur rien : tapez vous-même notre adresse pour vérifier.',
    'phishing.ready.reports':
      'Plus d’usurpations d’identité que d’habitude nous sont signalées. Ne donnez jamais un mot de passe ni un code à qui que ce soit. Tapez vous-même notre adresse, regardez vos connexions dans votre espace, et signalez celles qui ne sont pas de vous.',
  },
  en: {
    'check.title': 'Is this message really from {name}?',
    'check.lead':
      'You got a message that seems to come from us? Give its code and the address that received it. We tell you whether we sent a message with this code to this address.',
    'check.page.sent': 'We wrote to this address',
    'check.page.not_sent': 'We did not send that to this address',
    'check.page.malformed': 'Error: to be corrected',
    'check.page.too_often': 'Too many questions',
    'check.page.code_everywhere': 'This code goes around',
    'check.code': 'Code of the message',
    'check.code.hint':
      'Twelve letters and digits in three groups, such as K7QX-2M4P-9TRC. It stands in the message, after “Code of this message”.',
    'check.address': 'Address that received the message',
    'check.address.hint': 'Yours, not that of the sender.',
    'check.go': 'Check',
    'check.sent': 'We sent a message with this code to this address.',
    'check.sent.date': 'Sent on',
    'check.sent.about': 'About',
    'check.about.sign_in': 'a sign-in with your identity',
    'check.about.protection': 'a change of your protection',
    'check.about.reminder': 'a means of identification that ends',
    'check.about.code': 'a code that somebody asked for',
    'check.about.answer': 'the answer to a request for help',
    'check.about.case': 'a report of identity theft',
    'check.sent.but':
      'Take care: a fraudster can copy the code of a true message into a false one. If the date or the subject is not that of what you have before you, do nothing with it.',
    'check.sent.copy':
      'We keep a copy of what we write to you: type {place} yourself in your browser, then open “Messages”.',
    'check.not_sent': 'We did not send that to this address.',
    'check.not_sent.text':
      'First check the code and the address. If both are right, this message is not ours: click on nothing, do not answer, and delete it. If you have already given a password or a code there, change it at once.',
    'check.malformed.code': 'This code does not look like ours.',
    'check.malformed.code.text':
      'Ours have twelve letters and digits, and the last one shows a typing error. Copy it once more. If it stands in the message exactly so, the message is not ours.',
    'check.malformed.address': 'This address is not complete.',
    'check.malformed.address.text': 'Write the whole address, such as first.last@example.com.',
    'check.too_often': 'Too many questions came from your network.',
    'check.too_often.text':
      'Try again in an hour. Meanwhile click on nothing in that message: type {place} yourself, you will find there what we really wrote to you.',
    'check.code_everywhere': 'This code was tried with too many addresses.',
    'check.code_everywhere.text':
      'That happens when a fraudster copies the code of a true message into many false ones. Take this message for false: click on nothing. Type {place} yourself, you will find there what we really wrote to you.',
    'check.never': 'What a true message of {name} never does',
    'check.never.link': 'It holds no link, no button, and no picture to open.',
    'check.never.secret':
      'It asks for no password, no code, and no photo of your papers. A code that you asked for is copied only into the page where you asked for it.',
    'check.never.file': 'It has no attachment, and has nothing installed.',
    'check.never.hurry': 'It does not threaten, and sets no deadline to “keep your account”.',
    'check.never.money': 'It asks for no money and promises no refund. Nor do we call to ask for a code.',
    'check.doubt': 'If in doubt',
    'check.doubt.nothing': 'Click on nothing and do not answer. A true message can wait.',
    'check.doubt.type':
      'Type {place} yourself in your browser: you will find there a copy of all that we write to you.',
    'check.doubt.code':
      'Our text messages have no code of their own: they hold only a code that you have just asked for, never a link to open.',
    'check.doubt.report': 'Somebody used your identity?',
    'check.doubt.report.go': 'Report it, even without signing in.',
    'check.doubt.password':
      'If you have already given a password or a code, change the password at once, typing the address of the site yourself.',
    'phishing.ready.messages':
      'False messages that imitate ours are going around. Our true messages hold no link and never ask for a password or a code. Click on nothing: type our address yourself to check.',
    'phishing.ready.reports':
      'More misused identities than usual are reported to us. Never give a password or a code to anybody. Type our address yourself, look at the connections in your space, and report those that were not you.',
  },
  ar: {
    'check.title': 'هل هذه الرسالة من {name} حقًا؟',
    'check.lead':
      'وصلتك رسالة تبدو منا؟ أعط رمزها والعنوان الذي وصلت إليه. سنقول لك هل أرسلنا رسالة بهذا الرمز إلى هذا العنوان.',
    'check.page.sent': 'كتبنا إلى هذا العنوان',
    'check.page.not_sent': 'لم نرسل ذلك إلى هذا العنوان',
    'check.page.malformed': 'خطأ: يجب التصحيح',
    'check.page.too_often': 'أسئلة كثيرة جدًا',
    'check.page.code_everywhere': 'هذا الرمز متداول',
    'check.code': 'رمز الرسالة',
    'check.code.hint':
      'اثنا عشر حرفًا ورقمًا في ثلاث مجموعات، مثل \u2066K7QX-2M4P-9TRC\u2069. تجده في الرسالة بعد «رمز هذه الرسالة».',
    'check.address': 'العنوان الذي وصلت إليه الرسالة',
    'check.address.hint': 'عنوانك أنت، لا عنوان المرسل.',
    'check.go': 'تحقق',
    'check.sent': 'أرسلنا رسالة بهذا الرمز إلى هذا العنوان.',
    'check.sent.date': 'أُرسلت في',
    'check.sent.about': 'بشأن',
    'check.about.sign_in': 'تسجيل دخول بهويتك',
    'check.about.protection': 'تغيّر في حمايتك',
    'check.about.reminder': 'وسيلة تعريف توشك على الانتهاء',
    'check.about.code': 'رمز طلبه شخص ما',
    'check.about.answer': 'إجابة عن طلب مساعدة',
    'check.about.case': 'بلاغ عن انتحال هوية',
    'check.sent.but':
      'انتبه: قد ينسخ محتال رمز رسالة صحيحة في رسالة مزيفة. إذا لم يطابق التاريخ أو الموضوع ما تراه أمامك، فلا تفعل شيئًا مما تطلبه.',
    'check.sent.copy': 'نحتفظ بنسخة مما نكتبه إليك: اكتب بنفسك {place} في متصفحك، ثم افتح «الرسائل».',
    'check.not_sent': 'لم نرسل ذلك إلى هذا العنوان.',
    'check.not_sent.text':
      'تحقق أولًا من الرمز ومن العنوان. إذا كانا صحيحين فهذه الرسالة ليست منا: لا تضغط على شيء، ولا تجب، واحذفها. وإذا أعطيت فيها كلمة مرور أو رمزًا فغيّره فورًا.',
    'check.malformed.code': 'هذا الرمز لا يشبه رموزنا.',
    'check.malformed.code.text':
      'تتكون رموزنا من اثني عشر حرفًا ورقمًا، ويكشف آخرها خطأ الكتابة. انسخه مرة أخرى. إذا كان مكتوبًا هكذا تمامًا في الرسالة، فالرسالة ليست منا.',
    'check.malformed.address': 'هذا العنوان غير كامل.',
    'check.malformed.address.text': 'اكتب العنوان كاملًا، مثل \u2066name@example.com\u2069.',
    'check.too_often': 'جاءت أسئلة كثيرة جدًا من شبكتك.',
    'check.too_often.text':
      'حاول من جديد بعد ساعة. وفي الأثناء لا تضغط على شيء في تلك الرسالة: اكتب بنفسك {place} وستجد هناك ما كتبناه إليك حقًا.',
    'check.code_everywhere': 'جُرّب هذا الرمز مع عناوين كثيرة جدًا.',
    'check.code_everywhere.text':
      'يحدث ذلك عندما ينسخ محتال رمز رسالة صحيحة في رسائل مزيفة كثيرة. اعتبر هذه الرسالة مزيفة: لا تضغط على شيء. اكتب بنفسك {place} وستجد هناك ما كتبناه إليك حقًا.',
    'check.never': 'ما لا تفعله أبدًا رسالة صحيحة من {name}',
    'check.never.link': 'لا تحتوي على رابط ولا زر ولا صورة تُفتح.',
    'check.never.secret':
      'لا تطلب كلمة مرور ولا رمزًا ولا صورة لوثائقك. والرمز الذي طلبته أنت لا يُنسخ إلا في الصفحة التي طلبته فيها.',
    'check.never.file': 'ليس فيها ملف مرفق، ولا تطلب تثبيت أي شيء.',
    'check.never.hurry': 'لا تهدد، ولا تحدد مهلة «للحفاظ على حسابك».',
    'check.never.money': 'لا تطلب مالًا ولا تعد باسترداد. ولا نتصل بك هاتفيًا لنطلب رمزًا.',
    'check.doubt': 'إذا شككت',
    'check.doubt.nothing': 'لا تضغط على شيء ولا تجب. الرسالة الصحيحة تنتظر.',
    'check.doubt.type': 'اكتب بنفسك {place} في متصفحك: ستجد هناك نسخة من كل ما نكتبه إليك.',
    'check.doubt.code':
      'رسائلنا النصية ليس لها رمز خاص بها: لا تحتوي إلا على رمز طلبته للتو، ولا تحتوي أبدًا على رابط يُفتح.',
    'check.doubt.report': 'هل استعمل أحد هويتك؟',
    'check.doubt.report.go': 'أبلغ عن ذلك، ولو من دون تسجيل الدخول.',
    'check.doubt.password': 'إذا أعطيت كلمة مرور أو رمزًا فغيّر كلمة المرور فورًا، بعد كتابة عنوان الموقع بنفسك.',
    'phishing.ready.messages':
      'تُتداول رسائل مزيفة تقلّد رسائلنا. رسائلنا الصحيحة لا تحتوي على أي رابط ولا تطلب أبدًا كلمة مرور أو رمزًا. لا تضغط على شيء: اكتب عنواننا بنفسك للتحقق.',
    'phishing.ready.reports':
      'نتلقى من بلاغات سوء استعمال الهوية أكثر من المعتاد. لا تعطِ كلمة مرور أو رمزًا لأي أحد. اكتب عنواننا بنفسك، واطّلع على اتصالاتك في فضائك، وأبلغ عمّا لم تقم به منها.',
  },
}
