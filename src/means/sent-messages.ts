/** What text messages and mails of this room say. Each is short: a code, what it is for, and that nobody asks for it. */
import type { Messages } from '../http/messages.ts'

export const sentMessages: Messages = {
  fr: {
    'sent.sms.code':
      '{name} : votre code est {code}. Ne le donnez à personne, même à quelqu’un qui dit être de chez nous.',
    'sent.mail.code.subject': '{name} : votre code de connexion',
    'sent.mail.code.text':
      'Votre code est {code}. Il est valable dix minutes et une seule fois.\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si vous n’avez pas demandé ce code, quelqu’un connaît votre mot de passe : changez-le.',
    'sent.mail.check.subject': '{name} : votre code de vérification',
    'sent.mail.check.text':
      'Votre code est {code}. Il montre que vous n’êtes pas un robot ; il est valable dix minutes et une seule fois.\n\nSi vous n’avez pas demandé ce code, vous n’avez rien à faire.',
    'sent.mail.reset.subject': '{name} : choisir un nouveau mot de passe',
    'sent.mail.reset.text':
      'Quelqu’un, sans doute vous, a demandé à choisir un nouveau mot de passe. Recopiez ce code dans la page où vous l’avez demandé, dans les trente minutes :\n\n{code}\n\nNe le donnez à personne, même à quelqu’un qui dit être de chez nous. Si ce n’était pas vous, n’en faites rien : votre mot de passe reste le même.',
  },
  en: {
    'sent.sms.code': '{name}: your code is {code}. Give it to nobody, not even to somebody who says they work for us.',
    'sent.mail.code.subject': '{name}: your sign-in code',
    'sent.mail.code.text':
      'Your code is {code}. It is good for ten minutes and once only.\n\nGive it to nobody, not even to somebody who says they work for us. If you did not ask for this code, somebody knows your password: change it.',
    'sent.mail.check.subject': '{name}: your verification code',
    'sent.mail.check.text':
      'Your code is {code}. It shows that you are not a robot; it is good for ten minutes and once only.\n\nIf you did not ask for this code, there is nothing to do.',
    'sent.mail.reset.subject': '{name}: choose a new password',
    'sent.mail.reset.text':
      'Somebody, most likely you, asked to choose a new password. Copy this code into the page where you asked, within thirty minutes:\n\n{code}\n\nGive it to nobody, not even to somebody who says they work for us. If it was not you, do nothing with it: your password stays as it is.',
  },
  ar: {
    'sent.sms.code': '{name}: رمزك هو {code}. لا تعطه لأحد، حتى لمن يقول إنه يعمل معنا.',
    'sent.mail.code.subject': '{name}: رمز تسجيل الدخول',
    'sent.mail.code.text':
      'رمزك هو {code}. وهو صالح لمدة عشر دقائق ولمرة واحدة فقط.\n\nلا تعطه لأحد، حتى لمن يقول إنه يعمل معنا. إذا لم تطلب هذا الرمز، فإن شخصًا ما يعرف كلمة مرورك: غيّرها.',
    'sent.mail.check.subject': '{name}: رمز التحقق',
    'sent.mail.check.text':
      'رمزك هو {code}. وهو يبيّن أنك لست روبوتًا، وهو صالح لمدة عشر دقائق ولمرة واحدة فقط.\n\nإذا لم تطلب هذا الرمز، فلا داعي لفعل أي شيء.',
    'sent.mail.reset.subject': '{name}: اختيار كلمة مرور جديدة',
    'sent.mail.reset.text':
      'طلب شخص ما، وهو أنت على الأرجح، اختيار كلمة مرور جديدة. انسخ هذا الرمز في الصفحة التي طلبته فيها، خلال ثلاثين دقيقة:\n\n{code}\n\nلا تعطه لأحد، حتى لمن يقول إنه يعمل معنا. إذا لم تكن أنت، فلا تستعمله: تبقى كلمة مرورك كما هي.',
  },
}
