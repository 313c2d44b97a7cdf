/** Sentences about contacts, about the codes that prove them, and about the sign-in that a change asks for. */
import type { Messages } from '../http/messages.ts'

export const contactMessages: Messages = {
  fr: {
    'own.holder.who': 'Connecté :',
    'own.sign_in_again': 'M’identifier',
    'own.account.level_too_low.go': 'M’identifier avec un tel compte',
    'own.account.sign_in_again.go': 'M’identifier de nouveau',
    'own.password.old': 'Mot de passe actuel',
    'own.weak.title': 'Cette page demande un compte plus sûr',
    'own.weak':
      'Le compte avec lequel vous êtes connecté a prouvé moins qu’un autre compte à votre nom. Pour que personne ne puisse se faire passer pour vous, cette page ne s’ouvre qu’avec l’autre.',
    'own.too_weak.title': 'Il faut le plus sûr de vos moyens',
    'own.too_weak':
      'Vous venez de vous identifier, mais pas avec le plus sûr des moyens que vous avez ici. Utilisez celui-là : une clé d’accès si vous en avez une, sinon le code de votre application. Si vous ne l’avez plus, retirez-le d’abord de vos moyens d’identification.',
    'own.too_low.title': 'Il faut un compte de niveau {level}',
    'own.too_low':
      'Le compte avec lequel vous êtes connecté ne prouve pas assez bien votre identité pour ce changement. Identifiez-vous avec un compte de niveau {level} : vous reviendrez ensuite ici.',
    'own.given.wrong':
      '{count, plural, one {Ce code n’est pas le bon. Il vous reste # essai.} other {Ce code n’est pas le bon. Il vous reste # essais.}}',
    'own.given.over':
      'Aucun code ne peut plus servir ici : le dernier a expiré, a été essayé trop souvent, ou a été demandé dans une autre session. Demandez-en un autre.',
    'own.given.sent': 'Un autre code est parti. Le précédent ne sert plus.',
    'own.given.too_soon':
      'Un code est déjà en route. Laissez-lui une demi-minute pour arriver avant d’en demander un autre.',
    'own.given.too_many': 'Vous avez demandé trop de codes. Attendez un peu : une heure au plus.',
    'own.given.not_sent': 'Le code n’a pas pu partir. Ce n’est pas de votre fait : réessayez un peu plus tard.',
    'contact.title': 'Vos adresses de contact',
    'contact.lead':
      'Là où nous vous prévenons quand quelque chose change, et d’où vous pouvez retrouver un mot de passe oublié. Une adresse ne sert qu’une fois vérifiée par un code.',
    'contact.count':
      '{count, plural, =0 {Vous n’en avez aucune de vérifiée : nous ne pouvons pas vous prévenir, et un mot de passe oublié ne se retrouve pas.} one {# adresse vérifiée.} other {# adresses vérifiées.}}',
    'contact.manage': 'Voir et changer mes adresses',
    'contact.addresses': 'Adresses électroniques',
    'contact.none': 'Aucune pour le moment.',
    'contact.add': 'Ajouter une adresse électronique',
    'contact.add.text': 'Nous y enverrons un code, que vous recopierez à la page suivante.',
    'contact.replace': 'Remplacer une adresse électronique',
    'contact.replace.text':
      'Donnez la nouvelle adresse. Une fois qu’elle sera vérifiée, {address} sera retirée ; les deux en seront averties.',
    'contact.address': 'Adresse électronique',
    'contact.address.hint': 'Une boîte que vous êtes seul à lire. Par exemple : prenom.nom@exemple.fr',
    'contact.send': 'Envoyer un code à cette adresse',
    'contact.fault.address_malformed':
      'Ce n’est pas une adresse électronique entière. Elle s’écrit comme ceci : prenom.nom@exemple.fr',
    'contact.fault.already_there': 'Cette adresse est déjà la vôtre, et elle est vérifiée.',
    'contact.fault.too_many': 'Vous avez demandé trop de codes. Attendez un peu : une heure au plus.',
    'contact.fault.too_many_contacts': 'Vous avez déjà cinq adresses. Retirez-en une d’abord.',
    'contact.fault.not_sent':
      'Le code n’a pas pu partir. Vérifiez l’adresse ; si elle est juste, réessayez un peu plus tard.',
    'contact.verify': 'Vérifier votre adresse',
    'contact.verify.text':
      'Nous avons envoyé un code à cette adresse. Il est valable un quart d’heure et une seule fois.',
    'contact.verify.nothing':
      'Rien n’arrive ? Regardez parmi les indésirables, et relisez l’adresse. Une même adresse ne reçoit que quelques codes par jour.',
    'contact.code': 'Code à huit chiffres reçu par courriel',
    'contact.code.hint': 'Restez dans ce navigateur : le code ne sert que là où il a été demandé.',
    'contact.state.waiting': 'à vérifier',
    'contact.state.waiting.text': 'Son code n’a pas été donné : elle ne sert à rien pour le moment.',
    'contact.state.verified': 'vérifiée',
    'contact.state.unconfirmed': 'à confirmer',
    'contact.state.unconfirmed.text':
      'Elle a été ajoutée après une identification moins sûre que votre meilleure. Nos alertes y restent discrètes jusqu’à ce que vous la confirmiez, identifié avec plus de sûreté.',
    'contact.act.verify': 'Donner le code',
    'contact.act.confirm': 'Confirmer',
    'contact.act.replace': 'Remplacer',
    'contact.act.remove': 'Retirer',
    'contact.remove.title': 'Retirer cette adresse',
    'contact.remove.text':
      'Elle ne servira plus à retrouver votre mot de passe. Pendant trente jours encore, elle apprendra ce qui change à votre protection, et rien d’autre : ainsi, un voleur ne peut pas faire taire l’alarme.',
    'contact.remove.waiting': 'Elle n’a jamais été vérifiée : elle sera simplement oubliée.',
    'contact.remove.last':
      'C’est votre seule adresse vérifiée. Sans elle, nous ne pourrons plus vous prévenir, ni vous aider si vous oubliez votre mot de passe. Ajoutez-en plutôt une autre d’abord.',
    'contact.remove.go': 'Retirer cette adresse',
    'contact.confirm.title': 'Confirmer cette adresse',
    'contact.confirm.text':
      'Vous dites que cette boîte est bien la vôtre. Elle recevra des alertes complètes, et il faudra un compte aussi sûr que celui-ci pour la retirer.',
    'contact.confirm.go': 'C’est bien la mienne',
    'contact.kept.title': 'Cette adresse reste',
    'contact.kept.too_weak':
      'Elle a été ajoutée avec un compte plus sûr que celui d’aujourd’hui. Identifiez-vous avec ce compte-là pour y toucher.',
    'contact.kept.second_factor':
      'Elle reçoit des codes qui vous servent de seconde preuve. Retirez d’abord ce « Code par courriel » de vos moyens d’identification.',
    'contact.kept.not_stronger':
      'Elle reste à confirmer : l’identification d’aujourd’hui n’est pas plus sûre que celle qui l’a apportée. Identifiez-vous avec un compte plus sûr, ou avec deux preuves.',
    'contact.done.added': 'L’adresse est vérifiée. Toutes vos adresses en sont averties.',
    'contact.done.added_beside':
      'La nouvelle adresse est vérifiée. L’ancienne reste : elle demande un compte plus sûr, ou sert de seconde preuve.',
    'contact.done.removed': 'L’adresse est retirée.',
    'contact.done.confirmed': 'L’adresse est confirmée.',
    'contact.out_of_step': 'Cette adresse a changé entre-temps. Revenez à la liste pour voir où elle en est.',
    'contact.numbers': 'Téléphones',
    'contact.numbers.none': 'Aucun pour le moment. Un téléphone reçoit des codes par SMS, et rien d’autre.',
    'contact.numbers.text':
      'Ils reçoivent des codes par SMS, et rien d’autre. Pour en changer, ajoutez le nouveau, puis retirez l’ancien.',
    'contact.numbers.account': 'Un téléphone s’ajoute à un compte propre à ce site, et vous n’en avez pas.',
    'contact.back': 'Revenir à mes adresses',
  },
  en: {
    'own.holder.who': 'Signed in:',
    'own.sign_in_again': 'Sign in',
    'own.account.level_too_low.go': 'Sign in with such an account',
    'own.account.sign_in_again.go': 'Sign in again',
    'own.password.old': 'Present password',
    'own.weak.title': 'This page asks for a stronger account',
    'own.weak':
      'The account that you are signed in with has proved less than another account in your name. So that nobody can pass for you, this page opens with the other one only.',
    'own.too_weak.title': 'This takes the strongest of your means',
    'own.too_weak':
      'You have just signed in, but not with the strongest of the means that you have here. Use that one: a passkey if you have one, otherwise the code of your app. If you do not have it any more, withdraw it from your means of identification first.',
    'own.too_low.title': 'This takes an account of level {level}',
    'own.too_low':
      'The account you are signed in with does not prove who you are well enough for this change. Sign in with an account of level {level}: you will then come back here.',
    'own.given.wrong':
      '{count, plural, one {This code is not right. You have # try left.} other {This code is not right. You have # tries left.}}',
    'own.given.over':
      'No code is good here any more: the last one has expired, was tried too often, or was asked for in another session. Ask for another one.',
    'own.given.sent': 'Another code has left. The one before is of no use any more.',
    'own.given.too_soon': 'A code is on its way. Give it half a minute to arrive before you ask for another one.',
    'own.given.too_many': 'You have asked for too many codes. Wait a little: an hour at most.',
    'own.given.not_sent': 'The code could not be sent. It is not your doing: try again a little later.',
    'contact.title': 'Your contact addresses',
    'contact.lead':
      'Where we tell you when something changes, and from where you can recover a forgotten password. An address serves only once a code has verified it.',
    'contact.count':
      '{count, plural, =0 {You have no verified one: we cannot warn you, and a forgotten password cannot be recovered.} one {# verified address.} other {# verified addresses.}}',
    'contact.manage': 'See and change my addresses',
    'contact.addresses': 'Mail addresses',
    'contact.none': 'None for now.',
    'contact.add': 'Add a mail address',
    'contact.add.text': 'We will send a code there, which you copy into the next page.',
    'contact.replace': 'Replace a mail address',
    'contact.replace.text': 'Give the new address. Once it is verified, {address} will be removed; both will be told.',
    'contact.address': 'Mail address',
    'contact.address.hint': 'A mailbox that nobody but you reads. For example: first.last@example.com',
    'contact.send': 'Send a code to this address',
    'contact.fault.address_malformed':
      'This is not a whole mail address. One is written like this: first.last@example.com',
    'contact.fault.already_there': 'This address is yours already, and it is verified.',
    'contact.fault.too_many': 'You have asked for too many codes. Wait a little: an hour at most.',
    'contact.fault.too_many_contacts': 'You already have five addresses. Remove one first.',
    'contact.fault.not_sent':
      'The code could not be sent. Check the address; if it is right, try again a little later.',
    'contact.verify': 'Verify your address',
    'contact.verify.text': 'We have sent a code to this address. It is good for a quarter of an hour and once only.',
    'contact.verify.nothing':
      'Nothing arrives? Look in the junk folder, and read the address again. One address gets only a few codes a day.',
    'contact.code': 'Eight-digit code received by mail',
    'contact.code.hint': 'Stay in this browser: the code is good only where it was asked for.',
    'contact.state.waiting': 'to be verified',
    'contact.state.waiting.text': 'Its code was not given: it serves for nothing yet.',
    'contact.state.verified': 'verified',
    'contact.state.unconfirmed': 'to be confirmed',
    'contact.state.unconfirmed.text':
      'It was added after a sign-in less strong than your best one. Our alerts stay discreet there until you confirm it, signed in more strongly.',
    'contact.act.verify': 'Give the code',
    'contact.act.confirm': 'Confirm',
    'contact.act.replace': 'Replace',
    'contact.act.remove': 'Remove',
    'contact.remove.title': 'Remove this address',
    'contact.remove.text':
      'It will no longer serve to recover your password. For thirty more days it will hear of what changes about your protection, and of nothing else: so a thief cannot silence the alarm.',
    'contact.remove.waiting': 'It was never verified: it will simply be forgotten.',
    'contact.remove.last':
      'It is your only verified address. Without it we can no longer warn you, nor help you if you forget your password. Better add another one first.',
    'contact.remove.go': 'Remove this address',
    'contact.confirm.title': 'Confirm this address',
    'contact.confirm.text':
      'You say that this mailbox is yours indeed. It will get complete alerts, and removing it will take an account as strong as this one.',
    'contact.confirm.go': 'It is mine',
    'contact.kept.title': 'This address stays',
    'contact.kept.too_weak':
      'It was added with an account stronger than that of today. Sign in with that account to change it.',
    'contact.kept.second_factor':
      'It gets codes that serve you as a second proof. First withdraw that “Code by mail” from your means of identification.',
    'contact.kept.not_stronger':
      'It stays to be confirmed: the sign-in of today is no stronger than the one that brought it. Sign in with a stronger account, or with two proofs.',
    'contact.done.added': 'The address is verified. All your addresses are told.',
    'contact.done.added_beside':
      'The new address is verified. The old one stays: it takes a stronger account, or serves as a second proof.',
    'contact.done.removed': 'The address is removed.',
    'contact.done.confirmed': 'The address is confirmed.',
    'contact.out_of_step': 'This address has changed meanwhile. Go back to the list to see where it stands.',
    'contact.numbers': 'Telephones',
    'contact.numbers.none': 'None for now. A telephone gets codes by text message, and nothing else.',
    'contact.numbers.text':
      'They get codes by text message, and nothing else. To change one, add the new one, then remove the old one.',
    'contact.numbers.account': 'A telephone is added to an account of this site, and you have none.',
    'contact.back': 'Back to my addresses',
  },
  ar: {
    'own.holder.who': 'المتصل:',
    'own.sign_in_again': 'تسجيل الدخول',
    'own.account.level_too_low.go': 'تسجيل الدخول بحساب كهذا',
    'own.account.sign_in_again.go': 'تسجيل الدخول من جديد',
    'own.password.old': 'كلمة المرور الحالية',
    'own.weak.title': 'هذه الصفحة تتطلب حسابًا أقوى',
    'own.weak':
      'الحساب الذي سجّلت به الدخول أثبت أقل مما أثبته حساب آخر باسمك. ولكي لا ينتحل أحد شخصيتك لا تُفتح هذه الصفحة إلا بالحساب الآخر.',
    'own.too_weak.title': 'يتطلب هذا أقوى وسائلك',
    'own.too_weak':
      'سجّلت الدخول للتو، لكن ليس بأقوى ما لديك هنا من وسائل. استعمل تلك الوسيلة: مفتاح مرور إن كان لديك، وإلا فرمز تطبيقك. وإن لم تعد لديك فاسحبها أولًا من وسائل تعريفك.',
    'own.too_low.title': 'يتطلب هذا حسابًا من مستوى {level}',
    'own.too_low':
      'الحساب الذي دخلت به لا يثبت هويتك بما يكفي لهذا التغيير. سجّل الدخول بحساب من مستوى {level} ثم تعود إلى هنا.',
    'own.given.wrong':
      '{count, plural, one {هذا الرمز غير صحيح. بقيت لك محاولة واحدة.} two {هذا الرمز غير صحيح. بقيت لك محاولتان.} few {هذا الرمز غير صحيح. بقيت لك # محاولات.} other {هذا الرمز غير صحيح. بقيت لك # محاولة.}}',
    'own.given.over':
      'لم يعد أي رمز صالحًا هنا: فقد انتهت مدة الأخير، أو جُرّب مرات كثيرة، أو طُلب في جلسة أخرى. اطلب رمزًا آخر.',
    'own.given.sent': 'أُرسل رمز آخر. ولم يعد السابق صالحًا.',
    'own.given.too_soon': 'هناك رمز في الطريق. أمهله نصف دقيقة ليصل قبل أن تطلب غيره.',
    'own.given.too_many': 'طلبت رموزًا كثيرة. انتظر قليلًا: ساعة على الأكثر.',
    'own.given.not_sent': 'تعذّر إرسال الرمز. ليس هذا بسببك: أعد المحاولة بعد قليل.',
    'contact.title': 'عناوين التواصل معك',
    'contact.lead':
      'حيث نخبرك عندما يتغيّر شيء، ومنها تستعيد كلمة مرور نسيتها. لا يُستعمل العنوان إلا بعد التحقق منه برمز.',
    'contact.count':
      '{count, plural, =0 {ليس لديك عنوان مُتحقَّق منه: لا يمكننا تنبيهك، ولا تُستعاد كلمة مرور منسية.} one {عنوان واحد مُتحقَّق منه.} two {عنوانان مُتحقَّق منهما.} few {# عناوين مُتحقَّق منها.} other {# عنوانًا مُتحقَّقًا منه.}}',
    'contact.manage': 'عرض عناويني وتغييرها',
    'contact.addresses': 'عناوين البريد الإلكتروني',
    'contact.none': 'لا شيء حتى الآن.',
    'contact.add': 'إضافة عنوان بريد إلكتروني',
    'contact.add.text': 'سنرسل إليه رمزًا تنسخه في الصفحة التالية.',
    'contact.replace': 'استبدال عنوان بريد إلكتروني',
    'contact.replace.text': 'أدخل العنوان الجديد. بعد التحقق منه يُزال {address}، ويُبلَّغ العنوانان بذلك.',
    'contact.address': 'عنوان البريد الإلكتروني',
    'contact.address.hint': 'صندوق لا يقرؤه أحد سواك. مثلًا: \u2066name@example.com\u2069',
    'contact.send': 'إرسال رمز إلى هذا العنوان',
    'contact.fault.address_malformed': 'هذا ليس عنوانًا كاملًا. يُكتب العنوان هكذا: \u2066name@example.com\u2069',
    'contact.fault.already_there': 'هذا العنوان لك أصلًا، وقد تُحقّق منه.',
    'contact.fault.too_many': 'طلبت رموزًا كثيرة. انتظر قليلًا: ساعة على الأكثر.',
    'contact.fault.too_many_contacts': 'لديك خمسة عناوين. أزل واحدًا منها أولًا.',
    'contact.fault.not_sent': 'تعذّر إرسال الرمز. راجع العنوان، وإن كان صحيحًا فأعد المحاولة بعد قليل.',
    'contact.verify': 'التحقق من عنوانك',
    'contact.verify.text': 'أرسلنا رمزًا إلى هذا العنوان. وهو صالح لربع ساعة ولمرة واحدة فقط.',
    'contact.verify.nothing':
      'لم يصل شيء؟ ابحث في الرسائل غير المرغوب فيها، وراجع العنوان. لا يصل إلى العنوان الواحد إلا بضعة رموز في اليوم.',
    'contact.code': 'الرمز المكوّن من ثمانية أرقام الذي وصل بالبريد',
    'contact.code.hint': 'ابقَ في هذا المتصفح: لا يصلح الرمز إلا حيث طُلب.',
    'contact.state.waiting': 'بانتظار التحقق',
    'contact.state.waiting.text': 'لم يُدخل رمزه: لا يُستعمل لشيء حتى الآن.',
    'contact.state.verified': 'تم التحقق منه',
    'contact.state.unconfirmed': 'بانتظار التأكيد',
    'contact.state.unconfirmed.text':
      'أُضيف بعد تسجيل دخول أقل أمانًا من أفضل ما لديك. تبقى تنبيهاتنا إليه مقتضبة إلى أن تؤكده بعد تسجيل دخول أكثر أمانًا.',
    'contact.act.verify': 'إدخال الرمز',
    'contact.act.confirm': 'تأكيد',
    'contact.act.replace': 'استبدال',
    'contact.act.remove': 'إزالة',
    'contact.remove.title': 'إزالة هذا العنوان',
    'contact.remove.text':
      'لن يُستعمل بعد الآن لاستعادة كلمة مرورك. ويبقى لثلاثين يومًا يُبلَّغ بما يتغيّر في حمايتك، ولا شيء غير ذلك: فلا يستطيع سارق إسكات التنبيه.',
    'contact.remove.waiting': 'لم يُتحقَّق منه قط: سيُنسى فحسب.',
    'contact.remove.last':
      'هذا عنوانك الوحيد المُتحقَّق منه. من دونه لن نستطيع تنبيهك ولا مساعدتك إذا نسيت كلمة مرورك. الأفضل أن تضيف غيره أولًا.',
    'contact.remove.go': 'إزالة هذا العنوان',
    'contact.confirm.title': 'تأكيد هذا العنوان',
    'contact.confirm.text':
      'تقول إن هذا الصندوق لك فعلًا. ستصل إليه تنبيهات كاملة، ولن يُزال إلا بحساب في قوة هذا الحساب.',
    'contact.confirm.go': 'نعم، هو لي',
    'contact.kept.title': 'يبقى هذا العنوان',
    'contact.kept.too_weak': 'أُضيف بحساب أقوى من حساب اليوم. سجّل الدخول بذلك الحساب لتغييره.',
    'contact.kept.second_factor': 'تصل إليه رموز تستعملها إثباتًا ثانيًا. اسحب أولًا «رمز بالبريد» من وسائل تعريفك.',
    'contact.kept.not_stronger':
      'يبقى بانتظار التأكيد: فتسجيل الدخول اليوم ليس أقوى من الذي أُضيف به. سجّل الدخول بحساب أقوى أو بإثباتين.',
    'contact.done.added': 'تم التحقق من العنوان. وتُبلَّغ بذلك كل عناوينك.',
    'contact.done.added_beside':
      'تم التحقق من العنوان الجديد. ويبقى القديم: إذ يتطلب حسابًا أقوى أو يُستعمل إثباتًا ثانيًا.',
    'contact.done.removed': 'أُزيل العنوان.',
    'contact.done.confirmed': 'أُكّد العنوان.',
    'contact.out_of_step': 'تغيّر هذا العنوان في هذه الأثناء. عُد إلى القائمة لترى حاله.',
    'contact.numbers': 'الهواتف',
    'contact.numbers.none': 'لا شيء حتى الآن. تصل إلى الهاتف رموز برسائل نصية، ولا شيء غيرها.',
    'contact.numbers.text': 'تصل إليها رموز برسائل نصية، ولا شيء غيرها. لتغيير هاتف أضف الجديد ثم أزل القديم.',
    'contact.numbers.account': 'يُضاف الهاتف إلى حساب خاص بهذا الموقع، وليس لديك حساب كهذا.',
    'contact.back': 'العودة إلى عناويني',
  },
}
