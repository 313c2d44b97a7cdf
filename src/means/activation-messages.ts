/** Sentences of the pages on which somebody makes their own means by a code that an agent handed over. */
import type { Messages } from '../http/messages.ts'

export const activationMessages: Messages = {
  fr: {
    'activate.title': 'Activer votre compte',
    'activate.lead':
      'Un agent a vérifié votre identité et vous a remis un code. Tapez-le ici : vous choisirez ensuite vous-même comment vous identifier.',
    'activate.code': 'Code d’activation',
    'activate.code.hint': 'Seize lettres et chiffres ; les tirets et les majuscules ne comptent pas.',
    'activate.go': 'Continuer',
    'activate.wrong':
      'Ce code ne permet pas d’activer un compte. Vérifiez chaque caractère. S’il a déjà servi, s’il a plus de 24 heures ou s’il a été mal tapé dix fois, demandez-en un autre à l’agent.',
    'activate.over':
      'La page est restée ouverte plus d’une demi-heure, ou le code a été tapé ailleurs. S’il n’a pas encore servi, tapez-le de nouveau ; sinon, demandez-en un autre à l’agent.',
    'activate.warning':
      'Personne ne vous demande ce code par téléphone ni par message, pas même quelqu’un qui dit être de chez nous. L’agent n’a pas besoin de savoir ce que vous choisirez.',
    'activate.choose': 'Choisir comment vous identifier',
    'activate.more': 'Votre compte est activé',
    'activate.who': 'Ce compte est celui de :',
    'activate.not_you': 'Si ce n’est pas vous, fermez cette page et prévenez l’agent qui vous a remis le code.',
    'activate.identifiers': 'Votre identifiant :',
    'activate.ways': 'Choisissez',
    'activate.add': 'Ajouter autre chose maintenant',
    'activate.way.passkey': 'Une clé d’accès',
    'activate.way.passkey.text':
      'Dans ce téléphone, cet ordinateur ou une clé de sécurité. La plus sûre, et elle suffit à elle seule.',
    'activate.way.password': 'Un mot de passe',
    'activate.way.password.text': 'Vous ajouterez ensuite une application de codes.',
    'activate.way.totp': 'Une application de codes',
    'activate.way.totp.text': 'Avec le mot de passe, elle fait la seconde preuve que beaucoup de services demandent.',
    'activate.back': 'Revenir au choix',
    'activate.done.passkey': 'Votre clé d’accès est enregistrée.',
    'activate.done.password': 'Votre mot de passe est enregistré.',
    'activate.done.totp': 'Votre application de codes est enregistrée.',
    'activate.password_alone':
      'Un mot de passe seul ne suffit pas à la plupart des services. Ajoutez une application de codes ou une clé d’accès.',
    'activate.finish': 'J’ai terminé',
    'activate.end.title': 'C’est terminé',
    'activate.end':
      'Le code d’activation ne sert plus. Allez au service où vous vouliez entrer, et identifiez-vous avec ce que vous venez de choisir.',
  },
  en: {
    'activate.title': 'Activate your account',
    'activate.lead':
      'An agent checked your identity and gave you a code. Type it here: you then choose yourself how to sign in.',
    'activate.code': 'Activation code',
    'activate.code.hint': 'Sixteen letters and digits; dashes and capitals do not matter.',
    'activate.go': 'Continue',
    'activate.wrong':
      'This code activates no account. Check each character. If it was used, is older than 24 hours, or was mistyped ten times, ask the agent for another one.',
    'activate.over':
      'The page was open for more than half an hour, or the code was typed elsewhere. If it was not used yet, type it again; otherwise ask the agent for another one.',
    'activate.warning':
      'Nobody asks you for this code by telephone or message, not even somebody who says they work for us. The agent does not need to know what you choose.',
    'activate.choose': 'Choose how to sign in',
    'activate.more': 'Your account is activated',
    'activate.who': 'This account belongs to:',
    'activate.not_you': 'If that is not you, close this page and tell the agent who gave you the code.',
    'activate.identifiers': 'Your identifier:',
    'activate.ways': 'Choose',
    'activate.add': 'Add something else now',
    'activate.way.passkey': 'A passkey',
    'activate.way.passkey.text':
      'In this telephone, this computer or a security key. The safest, and it is enough by itself.',
    'activate.way.password': 'A password',
    'activate.way.password.text': 'You will then add a code app.',
    'activate.way.totp': 'A code app',
    'activate.way.totp.text': 'With the password it is the second proof that many services ask for.',
    'activate.back': 'Back to the choice',
    'activate.done.passkey': 'Your passkey is registered.',
    'activate.done.password': 'Your password is set.',
    'activate.done.totp': 'Your code app is registered.',
    'activate.password_alone': 'A password alone is not enough for most services. Add a code app or a passkey.',
    'activate.finish': 'I am done',
    'activate.end.title': 'All done',
    'activate.end':
      'The activation code is worth nothing any more. Go to the service that you wanted, and sign in with what you have just chosen.',
  },
  ar: {
    'activate.title': 'تفعيل حسابك',
    'activate.lead': 'تحقق موظف من هويتك وسلّمك رمزًا. اكتبه هنا: ثم تختار بنفسك كيف تسجل الدخول.',
    'activate.code': 'رمز التفعيل',
    'activate.code.hint': 'ستة عشر حرفًا ورقمًا؛ لا تهم الشرطات ولا الأحرف الكبيرة.',
    'activate.go': 'متابعة',
    'activate.wrong':
      'هذا الرمز لا يفعّل أي حساب. تحقق من كل حرف. إذا سبق استعماله، أو مضى عليه أكثر من 24 ساعة، أو كُتب خطأً عشر مرات، فاطلب من الموظف رمزًا آخر.',
    'activate.over':
      'بقيت الصفحة مفتوحة أكثر من نصف ساعة، أو كُتب الرمز في مكان آخر. إذا لم يُستعمل بعد فاكتبه من جديد، وإلا فاطلب من الموظف رمزًا آخر.',
    'activate.warning':
      'لا أحد يطلب منك هذا الرمز بالهاتف أو برسالة، حتى من يقول إنه يعمل معنا. ولا يحتاج الموظف إلى معرفة ما ستختاره.',
    'activate.choose': 'اختر كيف تسجل الدخول',
    'activate.more': 'حسابك مفعّل',
    'activate.who': 'هذا الحساب هو حساب:',
    'activate.not_you': 'إذا لم تكن أنت، فأغلق هذه الصفحة وأخبر الموظف الذي سلّمك الرمز.',
    'activate.identifiers': 'معرّفك:',
    'activate.ways': 'اختر',
    'activate.add': 'أضف شيئًا آخر الآن',
    'activate.way.passkey': 'مفتاح مرور',
    'activate.way.passkey.text': 'في هذا الهاتف أو هذا الحاسوب أو في مفتاح أمان. هو الأكثر أمانًا، ويكفي وحده.',
    'activate.way.password': 'كلمة مرور',
    'activate.way.password.text': 'ثم تضيف تطبيق رموز.',
    'activate.way.totp': 'تطبيق رموز',
    'activate.way.totp.text': 'مع كلمة المرور، هو الإثبات الثاني الذي تطلبه خدمات كثيرة.',
    'activate.back': 'العودة إلى الاختيار',
    'activate.done.passkey': 'سُجّل مفتاح مرورك.',
    'activate.done.password': 'سُجّلت كلمة مرورك.',
    'activate.done.totp': 'سُجّل تطبيق رموزك.',
    'activate.password_alone': 'كلمة المرور وحدها لا تكفي لمعظم الخدمات. أضف تطبيق رموز أو مفتاح مرور.',
    'activate.finish': 'انتهيت',
    'activate.end.title': 'تم كل شيء',
    'activate.end': 'لم يعد رمز التفعيل صالحًا. اذهب إلى الخدمة التي تريدها، وسجل الدخول بما اخترته للتو.',
  },
}
