/** Sentences of a sign-in with the e-ID app, at the browser that asked for it. */
import type { Messages } from '../http/messages.ts'

export const eidSignInMessages: Messages = {
  fr: {
    'eid.purpose': 'Pour continuer vers {service}.',
    'eid.purpose.own': 'Pour ouvrir votre espace.',
    'eid.scan.title': 'Scannez ce code avec l’application « {provider} »',
    'eid.scan.picture': 'Code QR à scanner avec l’application. Elle seule sait le lire.',
    'eid.scan.first': 'Sur votre téléphone, ouvrez l’application « {provider} » et scannez ce code.',
    'eid.scan.second': 'Cette page affiche alors un nombre, à taper sur le téléphone.',
    'eid.scan.third': 'À la fin, le téléphone affiche un autre nombre, à taper ici.',
    'eid.scan.renews': 'Le code change de lui-même dans {seconds} s.',
    'eid.scan.plain':
      'Ce code vaut moins d’une minute. Affichez-en un nouveau s’il est trop vieux, ou pour continuer une fois qu’il est scanné.',
    'eid.scan.again': 'Continuer ou changer de code',
    'eid.scan.warning':
      'Ne scannez un code que sur l’écran qui est devant vous, pour une identification que vous avez commencée. Nous n’en envoyons jamais par courriel, par message ou pendant un appel.',
    'eid.scan.here': 'L’application est sur cet appareil',
    'eid.open.title': 'Ouvrez l’application « {provider} »',
    'eid.open.text':
      'Elle vous montre qui demande à vous identifier. Une fois que vous avez approuvé, elle vous ramène ici.',
    'eid.open.go': 'Ouvrir l’application',
    'eid.open.nothing': 'Rien ne s’ouvre ? L’application « {provider} » n’est peut-être pas sur cet appareil.',
    'eid.open.elsewhere': 'L’application est sur un autre téléphone : afficher un code à scanner',
    'eid.inside': 'Cette page est ouverte à l’intérieur d’une autre application',
    'eid.inside.text':
      'L’application « {provider} » ne pourrait pas vous y ramener. Ouvrez d’abord cette page dans votre navigateur : c’est en général dans le menu « … ».',
    'eid.down': '« {provider} » ne répond pas en ce moment',
    'eid.down.text':
      'Ce n’est pas de votre fait. Vous pouvez essayer tout de même, ou vous identifier autrement : la page des comptes dit ce qui fonctionne.',
    'eid.others': 'Autrement',
    'eid.passkey.text':
      'Une clé d’accès est le moyen le plus sûr : elle ne marche que sur notre site, sur votre appareil ou sur un téléphone posé à côté, et personne ne peut s’en servir à distance.',
    'eid.passkey.go': 'Utiliser une clé d’accès',
    'eid.closes': 'Cette page vous attend jusqu’à {when}.',
    'eid.look': 'C’est fait : continuer',
    'eid.moved':
      'Cette page est ouverte dans un autre onglet, et c’est là-bas qu’elle continue. Pour continuer ici, rechargez-la.',
    'eid.lost': 'Cette page ne se met plus à jour d’elle-même. Rechargez-la pour continuer.',
    'eid.number.page': '{number} : à taper sur votre téléphone',
    'eid.number.title': 'Tapez ce nombre sur votre téléphone',
    'eid.number.text':
      'Le téléphone montre aussi quel service demande à vous identifier, d’où, et quand. Si ce n’est pas ce que vous êtes en train de faire, refusez.',
    'eid.number.warning':
      'Ne dites ce nombre à personne. Quelqu’un vous a donné un nombre à taper, au téléphone ou par message ? C’est une tentative de fraude : refusez.',
    'eid.phone.title': 'Continuez sur votre téléphone',
    'eid.phone.text':
      'Posez votre carte contre lui s’il la demande, puis votre doigt ou votre visage. Cette page continue dès que vous avez approuvé.',
    'eid.return.title': 'Retournez dans l’application',
    'eid.return.text': 'Vous avez approuvé. L’application « {provider} » termine et vous ramène ici.',
    'eid.confirm.title': 'Tapez le nombre que votre téléphone affiche',
    'eid.confirm.field': 'Nombre à {digits} chiffres',
    'eid.confirm.go': 'Terminer',
    'eid.confirm.wrong': 'Ce n’est pas ce nombre',
    'eid.confirm.left': '{left, plural, one {Il vous reste un essai.} other {Il vous reste # essais.}}',
    'eid.confirm.warning':
      'Ce nombre ne se tape que sur cette page, dans ce navigateur. Ne le dites à personne, même à quelqu’un qui dit être de l’assistance.',
    'eid.again': 'Recommencer',
    'eid.alarm':
      'Si vous n’y êtes pour rien, ne recommencez pas avec le code que quelqu’un vous a montré ou envoyé. Vous pouvez geler votre identité dans votre espace.',
    'eid.declined.not_me': 'La demande a été refusée sur le téléphone',
    'eid.declined.not_me.text':
      'Son titulaire a répondu que ce n’était pas lui. Si c’était vous, recommencez ; sinon, personne n’a été identifié.',
    'eid.declined.changed_mind': 'Vous avez refusé la demande',
    'eid.declined.changed_mind.text':
      'Personne n’a été identifié. Vous pouvez recommencer, ou choisir un autre compte.',
    'eid.declined.wrong_place': 'La demande a été refusée sur le téléphone',
    'eid.declined.wrong_place.text':
      'Le lieu affiché n’était pas le bon. Un réseau d’entreprise ou un VPN peut faire croire que vous êtes ailleurs : coupez-le, ou mettez le téléphone sur le même réseau que cet ordinateur.',
    'eid.refused.second_phone': 'Ce code a été scanné par deux téléphones',
    'eid.refused.second_phone.text':
      'Nous ne pouvons pas savoir lequel est le vôtre : la demande est annulée, et personne n’a été identifié.',
    'eid.refused.number_wrong': 'Le nombre tapé sur le téléphone n’était pas le bon',
    'eid.refused.number_wrong.text':
      'Trois essais ont échoué : la demande est annulée. Recommencez avec un nouveau code.',
    'eid.refused.confirmation_wrong': 'Le nombre tapé ici n’était pas le bon',
    'eid.refused.confirmation_wrong.text':
      'Trois essais ont échoué : la demande est annulée. Recommencez avec un nouveau code.',
    'eid.refused.other_country': 'Le téléphone et ce navigateur ne sont pas dans le même pays',
    'eid.refused.other_country.text':
      'C’est ainsi qu’on reconnaît quelqu’un qui fait approuver sa demande par une autre personne. Si c’est bien vous, coupez le VPN, ou mettez le téléphone sur le même réseau que cet appareil, puis recommencez.',
    'eid.refused.other_network': 'Le téléphone et ce navigateur ne sont pas sur le même réseau',
    'eid.refused.other_network.text':
      'Ici, les deux doivent être au même endroit. Mettez le téléphone sur le même réseau sans fil que cet appareil, puis recommencez.',
    'eid.refused.card_of_somebody_else': 'La carte n’est pas celle du titulaire du téléphone',
    'eid.refused.card_of_somebody_else.text':
      'Une carte et un téléphone servent à une seule et même personne. Utilisez votre propre carte avec votre propre téléphone.',
    'eid.refused.card_refused': 'La carte n’a pas pu être acceptée',
    'eid.refused.card_refused.text':
      'Elle est expirée, révoquée, d’un genre qui n’est pas admis ici, ou son code était faux. L’application dit lequel. Vous pouvez choisir un autre compte.',
    'eid.refused.card_needed': 'Il faut une carte ici, et ce compte n’en accepte pas',
    'eid.refused.card_needed.text':
      'Ce service, ou la distance entre le téléphone et ce navigateur, demande la carte d’identité en plus du téléphone. Choisissez un autre compte, ou mettez le téléphone sur le même réseau que cet appareil.',
    'eid.refused.phone_over': 'Ce téléphone n’est plus associé à votre identité',
    'eid.refused.phone_over.text':
      'Il a été dissocié, ou son délai est passé. Associez-le de nouveau dans l’application, avec votre carte, ou choisissez un autre compte.',
    'eid.refused.phone_of_somebody_else': 'Ce téléphone est celui d’une autre personne',
    'eid.refused.phone_of_somebody_else.text':
      'Ce texte ne peut être signé que par vous, avec votre propre téléphone. La demande est annulée, et rien n’a été signé.',
    'eid.expired': 'Cette demande a duré trop longtemps',
    'eid.expired.text': 'Rien n’est perdu : recommencez avec un nouveau code.',
    'eid.completed': 'Cette demande est terminée',
    'eid.completed.text': 'Elle a continué dans un autre onglet, ou a déjà servi.',
    'eid.too_many': 'Trop de demandes en peu de temps',
    'eid.too_many.text':
      'De ce navigateur ou de son réseau. {minutes, plural, one {Attendez une minute} other {Attendez # minutes}}, ou choisissez un autre compte.',
    'eid.elsewhere': 'Retournez dans le navigateur où vous avez commencé',
    'eid.elsewhere.text':
      'Ce navigateur n’est pas celui qui a demandé à vous identifier, ou trop de temps a passé. Par sécurité, rien ne continue ici : ouvrez l’autre navigateur, et recommencez s’il le faut.',
    'eid.elsewhere.not_me':
      'Vous n’avez rien commencé, et quelqu’un vous a envoyé un lien ou un code ? Il n’a rien obtenu. Signalez-le depuis votre espace.',
    'eid.camera': 'Ce code se scanne avec l’application',
    'eid.camera.text':
      'Ouvrez l’application de votre carte d’identité et scannez le code avec elle : l’appareil photo seul ne suffit pas. Le code change sans cesse ; celui-ci ne vaut bientôt plus rien.',
    'eid.sign.purpose': 'Pour signer : {what}.',
    'eid.sign.scan.warning':
      'Ne scannez un code que sur l’écran qui est devant vous, pour un texte que vous voulez signer. Nous n’en envoyons jamais par courriel, par message ou pendant un appel.',
    'eid.sign.open.text':
      'Elle vous montre le texte entier, à lire avant de signer. Une fois que vous avez signé, elle vous ramène ici.',
    'eid.sign.down.text':
      'Ce n’est pas de votre fait. Vous pouvez essayer tout de même, ou signer autrement : la page précédente dit comment.',
    'eid.sign.number.text':
      'Le téléphone montre ensuite le texte entier. Lisez-le là : c’est ce qu’il montre qui est signé. Si ce n’est pas ce que vous voulez signer, refusez.',
    'eid.sign.phone.text':
      'Lisez le texte sur le téléphone. Si vous l’acceptez, posez votre carte contre lui s’il la demande, puis votre doigt ou votre visage. Cette page continue dès que vous avez signé.',
    'eid.sign.too_many.text':
      'De ce navigateur ou de son réseau. {minutes, plural, one {Attendez une minute} other {Attendez # minutes}}, ou signez autrement.',
    'eid.sign.declined.not_me.text': 'Son titulaire a répondu qu’il n’avait rien demandé. Rien n’a été signé.',
    'eid.sign.declined.changed_mind.text': 'Rien n’a été signé. Vous pouvez recommencer, ou signer autrement.',
    'eid.sign.refused.second_phone.text':
      'Nous ne pouvons pas savoir lequel est le vôtre : la demande est annulée, et rien n’a été signé.',
    'eid.sign.refused.card_refused.text':
      'Elle est expirée, révoquée, d’un genre qui ne signe pas ici, ou son code était faux. L’application dit lequel. Rien n’a été signé.',
    'eid.sign.refused.card_needed.text':
      'Cette signature, ou la distance entre le téléphone et ce navigateur, demande la carte d’identité en plus du téléphone. Signez autrement, ou mettez le téléphone sur le même réseau que cet appareil.',
    'eid.sign.refused.phone_over.text':
      'Il a été dissocié, ou son délai est passé. Associez-le de nouveau dans l’application, avec votre carte, ou signez autrement.',
    'eid.sign.completed.text': 'Vous avez signé dans un autre onglet, ou cette demande a déjà servi.',
  },
  en: {
    'eid.purpose': 'To go on to {service}.',
    'eid.purpose.own': 'To open your space.',
    'eid.scan.title': 'Scan this code with the app “{provider}”',
    'eid.scan.picture': 'QR code to scan with the app. Nothing else can read it.',
    'eid.scan.first': 'On your phone, open the app “{provider}” and scan this code.',
    'eid.scan.second': 'This page then shows a number: type it on the phone.',
    'eid.scan.third': 'At the end the phone shows another number: type it here.',
    'eid.scan.renews': 'The code changes by itself in {seconds} s.',
    'eid.scan.plain':
      'This code is good for less than a minute. Show a new one if it is too old, or go on once it is scanned.',
    'eid.scan.again': 'Go on, or change the code',
    'eid.scan.warning':
      'Only scan a code on the screen in front of you, for a sign-in that you began. We never send one by mail, by message or during a call.',
    'eid.scan.here': 'The app is on this device',
    'eid.open.title': 'Open the app “{provider}”',
    'eid.open.text': 'It shows you who asks you to sign in. Once you have approved, it brings you back here.',
    'eid.open.go': 'Open the app',
    'eid.open.nothing': 'Nothing opens? The app “{provider}” may not be on this device.',
    'eid.open.elsewhere': 'The app is on another phone: show a code to scan',
    'eid.inside': 'This page is open inside of another app',
    'eid.inside.text':
      'The app “{provider}” could not bring you back to it. Open this page in your browser first: mostly from the “…” menu.',
    'eid.down': '“{provider}” does not answer at the moment',
    'eid.down.text':
      'It is not your doing. You can try all the same, or sign in otherwise: the page of accounts says what works.',
    'eid.others': 'Other ways',
    'eid.passkey.text':
      'A passkey is the safest way: it works on our site alone, on your device or on a phone beside it, and nobody can use it from afar.',
    'eid.passkey.go': 'Use a passkey',
    'eid.closes': 'This page waits for you until {when}.',
    'eid.look': 'Done: go on',
    'eid.moved': 'This page is open in another tab, and goes on there. To go on here, reload it.',
    'eid.lost': 'This page does not follow by itself any more. Reload it to go on.',
    'eid.number.page': '{number}: to type on your phone',
    'eid.number.title': 'Type this number on your phone',
    'eid.number.text':
      'The phone also shows which service asks you to sign in, from where, and when. If that is not what you are doing, decline.',
    'eid.number.warning':
      'Tell nobody this number. Did somebody give you a number to type, on the telephone or in a message? That is an attempt at fraud: decline.',
    'eid.phone.title': 'Go on on your phone',
    'eid.phone.text':
      'Hold your card against it if it asks for it, then your finger or your face. This page goes on as soon as you have approved.',
    'eid.return.title': 'Go back to the app',
    'eid.return.text': 'You have approved. The app “{provider}” finishes and brings you back here.',
    'eid.confirm.title': 'Type the number that your phone shows',
    'eid.confirm.field': 'Number of {digits} digits',
    'eid.confirm.go': 'Finish',
    'eid.confirm.wrong': 'That is not the number',
    'eid.confirm.left': '{left, plural, one {You have one try left.} other {You have # tries left.}}',
    'eid.confirm.warning':
      'This number is typed on this page alone, in this browser. Tell it to nobody, not even to somebody who says they are support.',
    'eid.again': 'Begin again',
    'eid.alarm':
      'If this was not you, do not try again with a code that somebody showed or sent you. You can freeze your identity in your space.',
    'eid.declined.not_me': 'The request was declined on the phone',
    'eid.declined.not_me.text':
      'Its holder answered that it was not them. If it was you, begin again; if not, nobody was signed in.',
    'eid.declined.changed_mind': 'You declined the request',
    'eid.declined.changed_mind.text': 'Nobody was signed in. You can begin again, or choose another account.',
    'eid.declined.wrong_place': 'The request was declined on the phone',
    'eid.declined.wrong_place.text':
      'The place that it showed was not the right one. A company network or a VPN can make you seem to be elsewhere: turn it off, or put the phone on the same network as this computer.',
    'eid.refused.second_phone': 'Two phones scanned this code',
    'eid.refused.second_phone.text':
      'We cannot know which is yours: the request is cancelled, and nobody was signed in.',
    'eid.refused.number_wrong': 'The number typed on the phone was not the right one',
    'eid.refused.number_wrong.text': 'Three tries failed: the request is cancelled. Begin again with a new code.',
    'eid.refused.confirmation_wrong': 'The number typed here was not the right one',
    'eid.refused.confirmation_wrong.text': 'Three tries failed: the request is cancelled. Begin again with a new code.',
    'eid.refused.other_country': 'The phone and this browser are not in the same country',
    'eid.refused.other_country.text':
      'That is what it looks like when somebody has their request approved by another person. If it is you, turn off the VPN, or put the phone on the same network as this device, then begin again.',
    'eid.refused.other_network': 'The phone and this browser are not on the same network',
    'eid.refused.other_network.text':
      'Here both have to be in one place. Put the phone on the same wireless network as this device, then begin again.',
    'eid.refused.card_of_somebody_else': 'The card is not that of the phone’s holder',
    'eid.refused.card_of_somebody_else.text':
      'A card and a phone serve one and the same person. Use your own card with your own phone.',
    'eid.refused.card_refused': 'The card could not be accepted',
    'eid.refused.card_refused.text':
      'It is expired, revoked, of a kind that is not taken here, or its PIN was wrong. The app says which. You can choose another account.',
    'eid.refused.card_needed': 'A card is needed here, and this account takes none',
    'eid.refused.card_needed.text':
      'This service, or the distance between the phone and this browser, asks for the identity card besides the phone. Choose another account, or put the phone on the same network as this device.',
    'eid.refused.phone_over': 'This phone is not paired with your identity any more',
    'eid.refused.phone_over.text':
      'It was unpaired, or its time is over. Pair it again in the app, with your card, or choose another account.',
    'eid.refused.phone_of_somebody_else': 'This phone is another person’s',
    'eid.refused.phone_of_somebody_else.text':
      'This text can only be signed by you, with your own phone. The request is cancelled, and nothing was signed.',
    'eid.expired': 'This request took too long',
    'eid.expired.text': 'Nothing is lost: begin again with a new code.',
    'eid.completed': 'This request is over',
    'eid.completed.text': 'It went on in another tab, or has served already.',
    'eid.too_many': 'Too many requests in a short time',
    'eid.too_many.text':
      'From this browser or its network. {minutes, plural, one {Wait one minute} other {Wait # minutes}}, or choose another account.',
    'eid.elsewhere': 'Go back to the browser where you began',
    'eid.elsewhere.text':
      'This browser is not the one that asked you to sign in, or too much time has passed. For safety nothing goes on here: open the other browser, and begin again there if need be.',
    'eid.elsewhere.not_me':
      'You began nothing, and somebody sent you a link or a code? They got nothing by it. Report it from your space.',
    'eid.camera': 'This code is scanned with the app',
    'eid.camera.text':
      'Open the app of your identity card and scan the code with it: the camera alone will not do. The code keeps changing; this one will soon be worth nothing.',
    'eid.sign.purpose': 'To sign: {what}.',
    'eid.sign.scan.warning':
      'Scan a code only on the screen in front of you, for a text that you want to sign. We never send one by e-mail, in a message or during a call.',
    'eid.sign.open.text':
      'It shows you the whole text, to be read before you sign. Once you have signed, it brings you back here.',
    'eid.sign.down.text':
      'It is not your doing. You can try all the same, or sign in another way: the page before says how.',
    'eid.sign.number.text':
      'The phone then shows the whole text. Read it there: what it shows is what is signed. If it is not what you want to sign, decline.',
    'eid.sign.phone.text':
      'Read the text on the phone. If you accept it, hold your card to it if it asks, then your finger or your face. This page goes on as soon as you have signed.',
    'eid.sign.too_many.text':
      'From this browser or its network. {minutes, plural, one {Wait a minute} other {Wait # minutes}}, or sign in another way.',
    'eid.sign.declined.not_me.text': 'Its holder answered that they had not asked for it. Nothing was signed.',
    'eid.sign.declined.changed_mind.text': 'Nothing was signed. You can begin again, or sign in another way.',
    'eid.sign.refused.second_phone.text':
      'We cannot know which one is yours: the request is cancelled, and nothing was signed.',
    'eid.sign.refused.card_refused.text':
      'It has expired, was revoked, is of a kind that does not sign here, or its PIN was wrong. The app says which. Nothing was signed.',
    'eid.sign.refused.card_needed.text':
      'This signature, or the distance between the phone and this browser, asks for the identity card besides the phone. Sign in another way, or put the phone on the same network as this device.',
    'eid.sign.refused.phone_over.text':
      'It was unpaired, or its term is over. Pair it again in the app, with your card, or sign in another way.',
    'eid.sign.completed.text': 'You signed in another tab, or this request was used before.',
  },
  ar: {
    'eid.purpose': 'للمتابعة إلى {service}.',
    'eid.purpose.own': 'لفتح فضائك.',
    'eid.scan.title': 'امسح هذا الرمز بتطبيق «{provider}»',
    'eid.scan.picture': 'رمز QR يُمسح بالتطبيق. ولا يقرؤه غيره.',
    'eid.scan.first': 'افتح تطبيق «{provider}» على هاتفك وامسح هذا الرمز.',
    'eid.scan.second': 'تعرض هذه الصفحة عندئذ رقمًا: اكتبه على الهاتف.',
    'eid.scan.third': 'في النهاية يعرض الهاتف رقمًا آخر: اكتبه هنا.',
    'eid.scan.renews': 'يتغيّر الرمز تلقائيًا بعد {seconds} ثانية.',
    'eid.scan.plain': 'هذا الرمز صالح لأقل من دقيقة. اعرض رمزًا جديدًا إذا مضى وقته، أو تابع بعد مسحه.',
    'eid.scan.again': 'المتابعة أو تغيير الرمز',
    'eid.scan.warning':
      'لا تمسح رمزًا إلا على الشاشة التي أمامك، ولتسجيل دخول بدأته أنت. نحن لا نرسل رموزًا أبدًا بالبريد أو برسالة أو أثناء مكالمة.',
    'eid.scan.here': 'التطبيق على هذا الجهاز',
    'eid.open.title': 'افتح تطبيق «{provider}»',
    'eid.open.text': 'يُريك التطبيق من يطلب تعريفك. وبعد موافقتك يعيدك إلى هنا.',
    'eid.open.go': 'فتح التطبيق',
    'eid.open.nothing': 'لم يُفتح شيء؟ قد لا يكون تطبيق «{provider}» على هذا الجهاز.',
    'eid.open.elsewhere': 'التطبيق على هاتف آخر: عرض رمز للمسح',
    'eid.inside': 'هذه الصفحة مفتوحة داخل تطبيق آخر',
    'eid.inside.text': 'لن يستطيع تطبيق «{provider}» إعادتك إليها. افتحها أولًا في متصفحك: غالبًا من القائمة «…».',
    'eid.down': '«{provider}» لا يجيب حاليًا',
    'eid.down.text':
      'ليس الأمر بسببك. يمكنك المحاولة رغم ذلك، أو تسجيل الدخول بطريقة أخرى: تبيّن صفحة الحسابات ما يعمل.',
    'eid.others': 'طرق أخرى',
    'eid.passkey.text':
      'مفتاح المرور هو الوسيلة الأكثر أمانًا: لا يعمل إلا على موقعنا، وعلى جهازك أو على هاتف بجانبه، ولا يستطيع أحد استعماله من بعيد.',
    'eid.passkey.go': 'استعمال مفتاح مرور',
    'eid.closes': 'تنتظرك هذه الصفحة حتى الساعة {when}.',
    'eid.look': 'تم ذلك: المتابعة',
    'eid.moved': 'هذه الصفحة مفتوحة في نافذة أخرى، وهناك تستمر. للمتابعة هنا، أعد تحميلها.',
    'eid.lost': 'لم تعد هذه الصفحة تتابع تلقائيًا. أعد تحميلها للمتابعة.',
    'eid.number.page': '{number}: اكتبه على هاتفك',
    'eid.number.title': 'اكتب هذا الرقم على هاتفك',
    'eid.number.text': 'يُريك الهاتف أيضًا أي خدمة تطلب تعريفك، ومن أين، ومتى. إن لم يكن هذا ما تفعله الآن، فارفض.',
    'eid.number.warning':
      'لا تُخبر أحدًا بهذا الرقم. هل أعطاك أحد رقمًا لتكتبه، بالهاتف أو برسالة؟ تلك محاولة احتيال: ارفض.',
    'eid.phone.title': 'تابع على هاتفك',
    'eid.phone.text': 'ضع بطاقتك عليه إن طلبها، ثم إصبعك أو وجهك. تستمر هذه الصفحة فور موافقتك.',
    'eid.return.title': 'ارجع إلى التطبيق',
    'eid.return.text': 'لقد وافقت. يُنهي تطبيق «{provider}» العملية ويعيدك إلى هنا.',
    'eid.confirm.title': 'اكتب الرقم الذي يعرضه هاتفك',
    'eid.confirm.field': 'رقم من {digits} أرقام',
    'eid.confirm.go': 'إنهاء',
    'eid.confirm.wrong': 'ليس هذا هو الرقم',
    'eid.confirm.left':
      '{left, plural, one {بقيت لك محاولة واحدة.} two {بقيت لك محاولتان.} few {بقيت لك # محاولات.} other {بقيت لك # محاولة.}}',
    'eid.confirm.warning':
      'يُكتب هذا الرقم في هذه الصفحة وحدها، وفي هذا المتصفح. لا تُخبر به أحدًا، حتى من يقول إنه من الدعم.',
    'eid.again': 'البدء من جديد',
    'eid.alarm': 'إن لم تكن أنت، فلا تُعد المحاولة برمز أراك إياه أحد أو أرسله إليك. يمكنك تجميد هويتك في فضائك.',
    'eid.declined.not_me': 'رُفض الطلب على الهاتف',
    'eid.declined.not_me.text': 'أجاب صاحبه بأنه ليس هو. إن كنت أنت، فابدأ من جديد؛ وإلا فلم يُسجَّل دخول أحد.',
    'eid.declined.changed_mind': 'لقد رفضت الطلب',
    'eid.declined.changed_mind.text': 'لم يُسجَّل دخول أحد. يمكنك البدء من جديد أو اختيار حساب آخر.',
    'eid.declined.wrong_place': 'رُفض الطلب على الهاتف',
    'eid.declined.wrong_place.text':
      'المكان المعروض لم يكن صحيحًا. قد تُظهرك شبكة شركة أو VPN في مكان آخر: أوقفها، أو اجعل الهاتف على شبكة هذا الحاسوب نفسها.',
    'eid.refused.second_phone': 'مسح هاتفان هذا الرمز',
    'eid.refused.second_phone.text': 'لا نستطيع أن نعرف أيهما لك: أُلغي الطلب، ولم يُسجَّل دخول أحد.',
    'eid.refused.number_wrong': 'الرقم المكتوب على الهاتف غير صحيح',
    'eid.refused.number_wrong.text': 'فشلت ثلاث محاولات: أُلغي الطلب. ابدأ من جديد برمز جديد.',
    'eid.refused.confirmation_wrong': 'الرقم المكتوب هنا غير صحيح',
    'eid.refused.confirmation_wrong.text': 'فشلت ثلاث محاولات: أُلغي الطلب. ابدأ من جديد برمز جديد.',
    'eid.refused.other_country': 'الهاتف وهذا المتصفح ليسا في البلد نفسه',
    'eid.refused.other_country.text':
      'هكذا يبدو الأمر حين يجعل أحدهم شخصًا آخر يوافق على طلبه. إن كنت أنت فعلًا، فأوقف VPN، أو اجعل الهاتف على شبكة هذا الجهاز نفسها، ثم ابدأ من جديد.',
    'eid.refused.other_network': 'الهاتف وهذا المتصفح ليسا على الشبكة نفسها',
    'eid.refused.other_network.text':
      'يجب أن يكون الاثنان هنا في مكان واحد. اجعل الهاتف على شبكة هذا الجهاز اللاسلكية نفسها، ثم ابدأ من جديد.',
    'eid.refused.card_of_somebody_else': 'البطاقة ليست بطاقة صاحب الهاتف',
    'eid.refused.card_of_somebody_else.text': 'البطاقة والهاتف لشخص واحد. استعمل بطاقتك أنت مع هاتفك أنت.',
    'eid.refused.card_refused': 'تعذّر قبول البطاقة',
    'eid.refused.card_refused.text':
      'انتهت صلاحيتها، أو أُلغيت، أو هي من نوع غير مقبول هنا، أو كان رمزها السري خاطئًا. يقول التطبيق أيها. يمكنك اختيار حساب آخر.',
    'eid.refused.card_needed': 'تلزم هنا بطاقة، وهذا الحساب لا يقبلها',
    'eid.refused.card_needed.text':
      'تطلب هذه الخدمة، أو المسافة بين الهاتف وهذا المتصفح، بطاقة الهوية إضافة إلى الهاتف. اختر حسابًا آخر، أو اجعل الهاتف على شبكة هذا الجهاز نفسها.',
    'eid.refused.phone_over': 'لم يعد هذا الهاتف مقرونًا بهويتك',
    'eid.refused.phone_over.text': 'أُلغي اقترانه أو انتهت مدته. اقرنه من جديد في التطبيق ببطاقتك، أو اختر حسابًا آخر.',
    'eid.refused.phone_of_somebody_else': 'هذا الهاتف لشخص آخر',
    'eid.refused.phone_of_somebody_else.text': 'لا يمكن أن يوقّع هذا النص غيرك، بهاتفك أنت. أُلغي الطلب، ولم يُوقَّع شيء.',
    'eid.expired': 'استغرق هذا الطلب وقتًا طويلًا',
    'eid.expired.text': 'لم يضع شيء: ابدأ من جديد برمز جديد.',
    'eid.completed': 'انتهى هذا الطلب',
    'eid.completed.text': 'استمر في نافذة أخرى، أو استُعمل من قبل.',
    'eid.too_many': 'طلبات كثيرة في وقت قصير',
    'eid.too_many.text':
      'من هذا المتصفح أو من شبكته. {minutes, plural, one {انتظر دقيقة} two {انتظر دقيقتين} few {انتظر # دقائق} other {انتظر # دقيقة}}، أو اختر حسابًا آخر.',
    'eid.elsewhere': 'ارجع إلى المتصفح الذي بدأت فيه',
    'eid.elsewhere.text':
      'ليس هذا هو المتصفح الذي طلب تعريفك، أو مضى وقت طويل. حرصًا على أمانك لا يستمر شيء هنا: افتح المتصفح الآخر، وابدأ فيه من جديد عند الحاجة.',
    'eid.elsewhere.not_me': 'لم تبدأ شيئًا، وأرسل إليك أحد رابطًا أو رمزًا؟ لم يحصل بذلك على شيء. أبلغ عنه من فضائك.',
    'eid.camera': 'يُمسح هذا الرمز بالتطبيق',
    'eid.camera.text':
      'افتح تطبيق بطاقة هويتك وامسح الرمز به: آلة التصوير وحدها لا تكفي. الرمز يتغيّر باستمرار؛ ولن يعود هذا صالحًا بعد قليل.',
    'eid.sign.purpose': 'لتوقيع: {what}.',
    'eid.sign.scan.warning':
      'لا تمسح رمزًا إلا على الشاشة التي أمامك، ولنص تريد أنت توقيعه. نحن لا نرسل رموزًا أبدًا بالبريد أو برسالة أو أثناء مكالمة.',
    'eid.sign.open.text': 'يُريك التطبيق النص كاملًا لتقرأه قبل التوقيع. وبعد توقيعك يعيدك إلى هنا.',
    'eid.sign.down.text': 'ليس الأمر بسببك. يمكنك المحاولة رغم ذلك، أو التوقيع بطريقة أخرى: تبيّن الصفحة السابقة كيف.',
    'eid.sign.number.text':
      'يُريك الهاتف بعد ذلك النص كاملًا. اقرأه هناك: ما يعرضه هو ما يُوقَّع. إن لم يكن هذا ما تريد توقيعه، فارفض.',
    'eid.sign.phone.text':
      'اقرأ النص على الهاتف. إن قبلته، فضع بطاقتك عليه إن طلبها، ثم إصبعك أو وجهك. تستمر هذه الصفحة فور توقيعك.',
    'eid.sign.too_many.text':
      'من هذا المتصفح أو من شبكته. {minutes, plural, one {انتظر دقيقة} two {انتظر دقيقتين} few {انتظر # دقائق} other {انتظر # دقيقة}}، أو وقّع بطريقة أخرى.',
    'eid.sign.declined.not_me.text': 'أجاب صاحبه بأنه لم يطلب شيئًا. لم يُوقَّع شيء.',
    'eid.sign.declined.changed_mind.text': 'لم يُوقَّع شيء. يمكنك البدء من جديد أو التوقيع بطريقة أخرى.',
    'eid.sign.refused.second_phone.text': 'لا نستطيع أن نعرف أيهما لك: أُلغي الطلب، ولم يُوقَّع شيء.',
    'eid.sign.refused.card_refused.text':
      'انتهت صلاحيتها، أو أُلغيت، أو هي من نوع لا يُوقَّع به هنا، أو كان رمزها السري خاطئًا. يبيّن التطبيق أيها. لم يُوقَّع شيء.',
    'eid.sign.refused.card_needed.text':
      'يتطلب هذا التوقيع، أو المسافة بين الهاتف وهذا المتصفح، بطاقة الهوية إضافة إلى الهاتف. وقّع بطريقة أخرى، أو اجعل الهاتف على شبكة هذا الجهاز نفسها.',
    'eid.sign.refused.phone_over.text':
      'أُلغي اقترانه أو انتهت مدته. اقرنه من جديد في التطبيق ببطاقتك، أو وقّع بطريقة أخرى.',
    'eid.sign.completed.text': 'وقّعت في نافذة أخرى، أو استُعمل هذا الطلب من قبل.',
  },
}
