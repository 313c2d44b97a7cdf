/** What text messages and mails of this room say. Each is short: a code, what it is for, and that nobody asks for it. */
import type { Messages } from '../http/messages.ts'

export const sentMessages: Messages = {
  fr: {
    'sent.sms.code':
      '{name} : votre code est {code}. Ne le donnez à personne, même à quelqu’un qui dit être de chez nous.',
    'sent.mail.code.subject': '{name} : votre code de connexion',
    'sent.mail.code.text':
      'Votre code est {code}. Il est valable dix minutes et une seule fois.\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si vous n’avez pas demandé ce code, quelqu’un connaît votre mot de passe : changez-le.',
    'sent.mail.card.subject': '{name} : le code qui accompagne votre carte',
    'sent.mail.card.text':
      'Votre code est {code}. Il accompagne votre carte d’identité pour une connexion ; il est valable dix minutes et une seule fois.\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si vous n’avez pas demandé ce code, quelqu’un se sert de votre carte et de son code PIN : faites opposition à la carte et gelez votre identité dans votre espace.',
    'sent.mail.check.subject': '{name} : votre code de vérification',
    'sent.mail.check.text':
      'Votre code est {code}. Il montre que vous n’êtes pas un robot ; il est valable dix minutes et une seule fois.\n\nSi vous n’avez pas demandé ce code, vous n’avez rien à faire.',
    'sent.mail.proof.subject': '{name} : confirmer votre messagerie de santé',
    'sent.mail.proof.text':
      'Un agent qui vérifie votre identité vous demande ce code : {code}. Il est valable dix minutes et une seule fois.\n\nDictez-le à l’agent avec qui vous êtes en ce moment, et à personne d’autre. Si personne ne vérifie votre identité en ce moment, ne donnez pas ce code : quelqu’un se fait passer pour vous.',
    'sent.mail.contact.subject': '{name} : vérifier cette adresse',
    'sent.mail.contact.text':
      'Quelqu’un, sans doute vous, a donné cette adresse comme la sienne. Recopiez ce code dans la page où vous l’avez demandé, dans le quart d’heure :\n\n{code}\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si ce n’était pas vous, n’en faites rien : sans ce code, cette adresse ne sert à rien.',
    'sent.mail.reset.subject': '{name} : choisir un nouveau mot de passe',
    'sent.mail.reset.text':
      'Quelqu’un, sans doute vous, a demandé à choisir un nouveau mot de passe. Recopiez ce code dans la page où vous l’avez demandé, dans les trente minutes :\n\n{code}\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si ce n’était pas vous, n’en faites rien : votre mot de passe reste le même.',
  },
  en: {
    'sent.sms.code': '{name}: your code is {code}. Give it to nobody, not even to somebody who says they work for us.',
    'sent.mail.code.subject': '{name}: your sign-in code',
    'sent.mail.code.text':
      'Your code is {code}. It is good for ten minutes and once only.\n\nGive it to nobody, not even to somebody who says they work for us. If you did not ask for this code, somebody knows your password: change it.',
    'sent.mail.card.subject': '{name}: the code that goes with your card',
    'sent.mail.card.text':
      'Your code is {code}. It goes with your identity card, for one sign-in; it is valid for ten minutes and once only.\n\nGive it to nobody, not even to somebody who says they are from us. If you did not ask for this code, somebody is using your card and its PIN: report the card as stolen, and freeze your identity in your space.',
    'sent.mail.check.subject': '{name}: your verification code',
    'sent.mail.check.text':
      'Your code is {code}. It shows that you are not a robot; it is good for ten minutes and once only.\n\nIf you did not ask for this code, there is nothing to do.',
    'sent.mail.proof.subject': '{name}: confirm your health mailbox',
    'sent.mail.proof.text':
      'An agent who is checking your identity asks for this code: {code}. It is good for ten minutes and once only.\n\nRead it out to the agent you are with at this moment, and to nobody else. If nobody is checking your identity now, do not give this code: somebody claims to be you.',
    'sent.mail.contact.subject': '{name}: verify this address',
    'sent.mail.contact.text':
      'Somebody, most likely you, gave this address as theirs. Copy this code into the page where you asked for it, within a quarter of an hour:\n\n{code}\n\nGive it to nobody, not even to somebody who says they work for us. If it was not you, do nothing with it: without this code the address serves for nothing.',
    'sent.mail.reset.subject': '{name}: choose a new password',
    'sent.mail.reset.text':
      'Somebody, most likely you, asked to choose a new password. Copy this code into the page where you asked, within thirty minutes:\n\n{code}\n\nGive it to nobody, not even to somebody who says they work for us. If it was not you, do nothing with it: your password stays as it is.',
  },
  ar: {
    'sent.sms.code': '{name}: رمزك هو {code}. لا تعطه لأحد، حتى لمن يقول إنه يعمل معنا.',
    'sent.mail.code.subject': '{name}: رمز تسجيل الدخول',
    'sent.mail.code.text':
      'رمزك هو {code}. وهو صالح لمدة عشر دقائق ولمرة واحدة فقط.\n\nلا تعطه لأحد، حتى لمن يقول إنه يعمل معنا. إذا لم تطلب هذا الرمز، فإن شخصًا ما يعرف كلمة مرورك: غيّرها.',
    'sent.mail.card.subject': '{name}: الرمز الذي يرافق بطاقتك',
    'sent.mail.card.text':
      'رمزك هو {code}. يرافق بطاقة تعريفك في تسجيل دخول واحد، وهو صالح عشر دقائق ولمرة واحدة.\n\nلا تعطه لأحد، حتى لمن يقول إنه من عندنا. إذا لم تطلب هذا الرمز فثمة من يستعمل بطاقتك ورمزها السرّي: بلّغ عن البطاقة وجمّد هويتك في فضائك.',
    'sent.mail.check.subject': '{name}: رمز التحقق',
    'sent.mail.check.text':
      'رمزك هو {code}. وهو يبيّن أنك لست روبوتًا، وهو صالح لمدة عشر دقائق ولمرة واحدة فقط.\n\nإذا لم تطلب هذا الرمز، فلا داعي لفعل أي شيء.',
    'sent.mail.proof.subject': '{name}: تأكيد بريدك الصحي',
    'sent.mail.proof.text':
      'يطلب منك الموظف الذي يتحقق من هويتك هذا الرمز: {code}. وهو صالح لمدة عشر دقائق ولمرة واحدة فقط.\n\nأمله على الموظف الذي أنت معه الآن، لا على غيره. إذا لم يكن أحد يتحقق من هويتك الآن، فلا تعط هذا الرمز: هناك من ينتحل شخصيتك.',
    'sent.mail.contact.subject': '{name}: التحقق من هذا العنوان',
    'sent.mail.contact.text':
      'قال شخص ما، وهو أنت على الأرجح، إن هذا العنوان له. انسخ هذا الرمز في الصفحة التي طلبته فيها، خلال ربع ساعة:\n\n{code}\n\nلا تعطه لأحد، حتى لمن يقول إنه يعمل معنا. إذا لم تكن أنت، فلا تستعمله: من دون هذا الرمز لا يُستعمل هذا العنوان لشيء.',
    'sent.mail.reset.subject': '{name}: اختيار كلمة مرور جديدة',
    'sent.mail.reset.text':
      'طلب شخص ما، وهو أنت على الأرجح، اختيار كلمة مرور جديدة. انسخ هذا الرمز في الصفحة التي طلبته فيها، خلال ثلاثين دقيقة:\n\n{code}\n\nلا تعطه لأحد، حتى لمن يقول إنه يعمل معنا. إذا لم تكن أنت، فلا تستعمله: تبقى كلمة مرورك كما هي.',
  },
}
