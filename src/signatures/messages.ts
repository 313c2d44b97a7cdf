/** Sentences of the pages of signing. */
import type { Messages } from '../http/messages.ts'

export const signingMessages: Messages = {
  fr: {
    'sign.title': 'Signer ce texte',
    'sign.lead': 'Lisez-le en entier. C’est ce texte-là que vous signez, mot pour mot, et rien d’autre.',
    'sign.text': 'Le texte à signer',
    'sign.hash': 'Empreinte du texte (SHA-256)',
    'sign.hash.text':
      'Elle change entièrement dès qu’une lettre du texte change. Elle figure aussi dans le dossier de preuve : vous pouvez les comparer.',
    'sign.print': 'Imprimer',
    'sign.how': 'Comment signer',
    'sign.until': 'Vous pouvez signer ici jusqu’à {time}. Ensuite, il suffira de recommencer.',
    'sign.no_way':
      'Aucun des moyens que vous avez ne suffit pour ce texte. Voyez ci-dessous ce qu’il faut à chacun ; rien n’est perdu, vous pourrez revenir.',
    'sign.others': 'Ce qui ne convient pas ici',
    'sign.other_ways': 'Signer autrement',
    'sign.not': 'Vous ne voulez pas signer ?',
    'sign.not.text':
      'Vous pouvez partir sans rien faire : rien n’est signé tant qu’une clé n’a pas répondu. Ou dire maintenant que vous ne signez pas.',
    'sign.decline': 'Je ne signe pas',
    'sign.back': 'Retour aux mandats',
    'sign.why_no_password': 'Pourquoi pas un mot de passe ou un code ?',
    'sign.why_no_password.text':
      'Un mot de passe ou un code reçu dit seulement à ce site que quelqu’un était là : personne d’autre ne pourrait le vérifier plus tard, et ce site pourrait l’inventer. Une clé qui ne quitte pas votre carte ou votre appareil laisse une preuve que chacun peut vérifier sans nous.',
    'sign.card': 'Avec votre carte et un lecteur',
    'sign.card.text':
      'Votre carte a une clé pour signer, à part de celle qui vous identifie, avec souvent un code PIN à part.',
    'sign.card.one': 'Placez la carte dans le lecteur.',
    'sign.card.two':
      'Appuyez sur le bouton : l’application Web eID s’ouvre et demande le certificat de signature de la carte.',
    'sign.card.three':
      'Vérifiez que c’est bien ce site, puis tapez le code PIN de signature dans l’application. Elle ne montre pas le texte : c’est cette page qui le montre.',
    'sign.card.go': 'Signer avec ma carte',
    'sign.card.no_script':
      'Signer avec une carte a besoin de JavaScript, que votre navigateur n’exécute pas. Activez-le, ou signez autrement.',
    'sign.card.missing':
      'L’extension Web eID n’a pas répondu dans ce navigateur. Installez-la avec son application (web-eid.eu), puis rechargez cette page.',
    'sign.card.no_app':
      'L’application Web eID ne répond pas, ou cette carte n’a pas de clé pour signer. Rouvrez l’application et recommencez ; si cela se répète, signez autrement.',
    'sign.card.old':
      'L’extension et l’application Web eID ne vont pas ensemble : mettez les deux à jour, puis recommencez.',
    'sign.card.cancelled': 'Vous avez arrêté. Rien n’est signé ; vous pouvez recommencer.',
    'sign.card.slow': 'La carte n’a pas répondu à temps. Vérifiez le lecteur et la carte, puis recommencez.',
    'sign.card.other':
      'La carte n’a pas signé. Retirez-la, replacez-la, puis recommencez ; rien n’est signé pour l’instant.',
    'sign.card.browser': 'Et la lecture par le navigateur, sans Web eID ?',
    'sign.card.browser.text':
      'Elle montre qui vous êtes quand une connexion s’ouvre, mais ne permet pas de faire signer un texte. Il faut donc l’application Web eID, ou l’application e-ID de votre téléphone.',
    'sign.card.not_set_up': 'ce site ne lit pas de carte de cette façon en ce moment.',
    'sign.card.none_held': 'aucune carte n’est connue ici pour vous.',
    'sign.card.too_low': 'les cartes lues ici n’atteignent pas le niveau {level} qu’il faut pour ce texte.',
    'sign.app': 'Avec l’application e-ID de votre téléphone',
    'sign.app.text':
      'Le téléphone montre lui-même le texte entier avant de signer, avec la clé de votre carte ou avec la sienne.',
    'sign.app.go': 'Signer avec mon téléphone',
    'sign.app.about': 'un mandat',
    'sign.app.not_set_up': 'l’application e-ID n’est pas disponible ici en ce moment.',
    'sign.app.none_held': 'aucun téléphone n’est associé à votre identité.',
    'sign.app.too_low': 'votre téléphone seul n’atteint pas le niveau {level} qu’il faut pour ce texte.',
    'sign.passkey': 'Avec une clé d’accès',
    'sign.passkey.text':
      'Votre téléphone, votre ordinateur ou votre clé de sécurité demande votre doigt, votre visage ou votre code. L’empreinte du texte est prise dans ce que la clé signe.',
    'sign.passkey.go': 'Signer avec ma clé d’accès',
    'sign.passkey.not_set_up': 'ce site n’en accepte pas en ce moment.',
    'sign.passkey.none_held': 'vous n’en avez pas enregistré ici.',
    'sign.passkey.too_low': 'une clé d’accès n’atteint pas le niveau {level} qu’il faut pour ce texte.',
    'sign.problem.page': 'À corriger – {title}',
    'sign.problem.over': 'Cette demande de signature est terminée',
    'sign.problem.over.text':
      'Elle a déjà servi, ses dix minutes sont passées, ou elle a été ouverte dans une autre session. Retournez aux mandats : vous y verrez ce qui est signé, et pourrez recommencer.',
    'sign.problem.changed': 'Ce texte n’est plus à signer',
    'sign.problem.changed.text':
      'Ce qu’il décrit a changé ou a pris fin depuis que vous l’avez ouvert : rien n’a été signé. Retournez aux mandats pour lire ce qui vaut maintenant.',
    'sign.problem.frozen': 'Votre identité est gelée',
    'sign.problem.frozen.text':
      'Tant qu’elle l’est, rien ne peut être signé en votre nom. Vous pouvez lever le gel depuis la page Protection de votre espace.',
    'sign.problem.not_yours': 'Cette clé n’est pas connue comme la vôtre',
    'sign.problem.not_yours.text':
      'La carte ou l’appareil est à quelqu’un d’autre, ou ne dit pas la même identité que votre compte. Prenez les vôtres ; si c’est bien votre carte, identifiez-vous une fois avec elle, puis revenez signer.',
    'sign.problem.too_low': 'Cette clé ne suffit pas pour ce texte',
    'sign.problem.too_low.text': 'Il faut une clé d’un niveau plus élevé : voyez ci-dessous celles qui conviennent.',
    'sign.problem.not_for_signing': 'Ce certificat ne sert pas à signer',
    'sign.problem.not_for_signing.text':
      'C’est celui qui vous identifie. Recommencez et choisissez le certificat de signature de la carte ; si elle n’en a pas, signez autrement.',
    'sign.problem.card_expired': 'Votre carte n’est plus valable',
    'sign.problem.card_expired.text':
      'Sa date de fin est passée. Demandez-en une nouvelle à qui vous l’a remise ; d’ici là, signez autrement.',
    'sign.problem.card_revoked': 'Cette carte a été bloquée',
    'sign.problem.card_revoked.text':
      'Elle a été déclarée perdue, volée ou remplacée. Si vous en avez reçu une nouvelle, utilisez-la ; sinon, adressez-vous à qui vous l’a remise.',
    'sign.problem.card_unknown': 'Cette carte n’est pas de celles qui servent ici',
    'sign.problem.card_unknown.text': 'Essayez avec une autre carte, ou signez autrement.',
    'sign.problem.card_unverifiable': 'Votre carte ne peut pas être vérifiée en ce moment',
    'sign.problem.card_unverifiable.text':
      'Ce n’est pas de votre fait : le service qui dit si une carte est bloquée ne répond pas, et nous n’acceptons aucune signature sans sa réponse. Réessayez dans quelques minutes.',
    'sign.problem.card_refused': 'Cette carte n’a pas été acceptée',
    'sign.problem.card_refused.text':
      'Ce qu’elle a montré n’est pas comme il faut. Recommencez ; si cela se répète, adressez-vous à qui vous l’a remise.',
    'sign.problem.signature_invalid': 'La signature n’est pas celle de ce texte',
    'sign.problem.signature_invalid.text':
      'Ce que la clé a répondu ne correspond pas au texte de cette page. Rien n’a été enregistré. Recommencez ; si cela se répète, signez autrement et prévenez l’assistance.',
    'sign.problem.malformed': 'La réponse n’a pas pu être lue',
    'sign.problem.malformed.text':
      'Mettez à jour votre navigateur, l’extension et l’application Web eID, puis recommencez.',
    'sign.problem.no_script': 'Aucune clé n’a été demandée',
    'sign.problem.no_script.text':
      'Votre navigateur n’a pas exécuté le script de cette page. Activez JavaScript, ou signez autrement.',
    'sign.problem.too_often': 'Trop d’essais depuis votre réseau',
    'sign.problem.too_often.text': 'Attendez dix minutes, puis recommencez.',
    'sign.problem.not_accepted': 'Votre signature n’a pas été retenue',
    'sign.problem.not_accepted.text': 'Ce qu’elle devait confirmer a changé. La page des mandats dit pourquoi.',
  },
  en: {
    'sign.title': 'Sign this text',
    'sign.lead': 'Read all of it. This is the text that you sign, word for word, and nothing else.',
    'sign.text': 'The text to sign',
    'sign.hash': 'Fingerprint of the text (SHA-256)',
    'sign.hash.text':
      'It changes altogether as soon as one letter of the text does. It also stands in the evidence file: you can compare them.',
    'sign.print': 'Print',
    'sign.how': 'How to sign',
    'sign.until': 'You can sign here until {time}. After that, you only have to begin again.',
    'sign.no_way':
      'None of the means that you have is enough for this text. See below what each of them needs; nothing is lost, you can come back.',
    'sign.others': 'What does not serve here',
    'sign.other_ways': 'Sign in another way',
    'sign.not': 'You do not want to sign?',
    'sign.not.text':
      'You can leave without doing anything: nothing is signed until a key has answered. Or say now that you do not sign.',
    'sign.decline': 'I do not sign',
    'sign.back': 'Back to the mandates',
    'sign.why_no_password': 'Why not a password or a code?',
    'sign.why_no_password.text':
      'A password or a code that was sent only tells this site that somebody was there: nobody else could verify it later, and this site could make it up. A key that never leaves your card or your device leaves a proof that everybody can verify without us.',
    'sign.card': 'With your card and a reader',
    'sign.card.text':
      'Your card has a key for signing, apart from the one that says who you are, often with a PIN of its own.',
    'sign.card.one': 'Put the card into the reader.',
    'sign.card.two':
      'Press the button: the Web eID application opens and asks for the signing certificate of the card.',
    'sign.card.three':
      'Make sure that it names this site, then type the PIN for signing into the application. It does not show the text: this page does.',
    'sign.card.go': 'Sign with my card',
    'sign.card.no_script':
      'Signing with a card needs JavaScript, which your browser does not run. Turn it on, or sign in another way.',
    'sign.card.missing':
      'The Web eID extension did not answer in this browser. Install it with its application (web-eid.eu), then reload this page.',
    'sign.card.no_app':
      'The Web eID application does not answer, or this card has no key for signing. Reopen the application and begin again; if it goes on, sign in another way.',
    'sign.card.old': 'The Web eID extension and its application do not fit together: update both, then begin again.',
    'sign.card.cancelled': 'You stopped it. Nothing is signed; you can begin again.',
    'sign.card.slow': 'The card did not answer in time. Check the reader and the card, then begin again.',
    'sign.card.other': 'The card did not sign. Take it out, put it back and begin again; nothing is signed so far.',
    'sign.card.browser': 'And a card that the browser reads, without Web eID?',
    'sign.card.browser.text':
      'That shows who you are when a connection opens, but cannot have a text signed. It takes the Web eID application, or the e-ID app on your phone.',
    'sign.card.not_set_up': 'this site does not read cards in this way at the moment.',
    'sign.card.none_held': 'no card of yours is known here.',
    'sign.card.too_low': 'the cards that are read here do not reach the level {level} that this text needs.',
    'sign.app': 'With the e-ID app on your phone',
    'sign.app.text':
      'The phone itself shows the whole text before it signs, with the key of your card or with its own.',
    'sign.app.go': 'Sign with my phone',
    'sign.app.about': 'a mandate',
    'sign.app.not_set_up': 'the e-ID app is not available here at the moment.',
    'sign.app.none_held': 'no phone is paired with your identity.',
    'sign.app.too_low': 'your phone alone does not reach the level {level} that this text needs.',
    'sign.passkey': 'With a passkey',
    'sign.passkey.text':
      'Your phone, your computer or your security key asks for your finger, your face or your PIN. The fingerprint of the text is part of what the key signs.',
    'sign.passkey.go': 'Sign with my passkey',
    'sign.passkey.not_set_up': 'this site takes none at the moment.',
    'sign.passkey.none_held': 'you have not registered one here.',
    'sign.passkey.too_low': 'a passkey does not reach the level {level} that this text needs.',
    'sign.problem.page': 'To be corrected – {title}',
    'sign.problem.over': 'This request for a signature is over',
    'sign.problem.over.text':
      'It was used, its ten minutes have passed, or it was opened in another session. Go back to the mandates: you will see there what is signed, and can begin again.',
    'sign.problem.changed': 'This text is not to be signed any more',
    'sign.problem.changed.text':
      'What it describes has changed or ended since you opened it: nothing was signed. Go back to the mandates to read what holds now.',
    'sign.problem.frozen': 'Your identity is frozen',
    'sign.problem.frozen.text':
      'For as long as it is, nothing can be signed in your name. You can thaw it on the page Protection of your space.',
    'sign.problem.not_yours': 'This key is not known as yours',
    'sign.problem.not_yours.text':
      'The card or the device is somebody else’s, or does not give the same identity as your account. Take your own; if it is your card, sign in with it once, then come back to sign.',
    'sign.problem.too_low': 'This key is not enough for this text',
    'sign.problem.too_low.text': 'It takes a key of a higher level: see below which ones serve.',
    'sign.problem.not_for_signing': 'This certificate is not for signing',
    'sign.problem.not_for_signing.text':
      'It is the one that says who you are. Begin again and choose the signing certificate of the card; if it has none, sign in another way.',
    'sign.problem.card_expired': 'Your card is not valid any more',
    'sign.problem.card_expired.text':
      'Its last day has passed. Ask whoever gave it to you for a new one; until then, sign in another way.',
    'sign.problem.card_revoked': 'This card was blocked',
    'sign.problem.card_revoked.text':
      'It was reported lost, stolen or replaced. If you were given a new one, use that; otherwise turn to whoever gave it to you.',
    'sign.problem.card_unknown': 'This card is not one of those that serve here',
    'sign.problem.card_unknown.text': 'Try another card, or sign in another way.',
    'sign.problem.card_unverifiable': 'Your card cannot be verified at the moment',
    'sign.problem.card_unverifiable.text':
      'It is not your doing: the service that says whether a card is blocked does not answer, and we accept no signature without its answer. Try again in a few minutes.',
    'sign.problem.card_refused': 'This card was not accepted',
    'sign.problem.card_refused.text':
      'What it showed is not as it should be. Begin again; if it goes on, turn to whoever gave it to you.',
    'sign.problem.signature_invalid': 'The signature is not one of this text',
    'sign.problem.signature_invalid.text':
      'What the key answered does not match the text of this page. Nothing was kept. Begin again; if it goes on, sign in another way and tell the support.',
    'sign.problem.malformed': 'The answer could not be read',
    'sign.problem.malformed.text': 'Update your browser, the Web eID extension and its application, then begin again.',
    'sign.problem.no_script': 'No key was asked',
    'sign.problem.no_script.text':
      'Your browser did not run the script of this page. Turn JavaScript on, or sign in another way.',
    'sign.problem.too_often': 'Too many tries from your network',
    'sign.problem.too_often.text': 'Wait ten minutes, then begin again.',
    'sign.problem.not_accepted': 'Your signature was not retained',
    'sign.problem.not_accepted.text': 'What it was to confirm has changed. The page of the mandates says why.',
  },
  ar: {
    'sign.title': 'توقيع هذا النص',
    'sign.lead': 'اقرأه كاملًا. هذا هو النص الذي توقّعه، كلمة بكلمة، ولا شيء سواه.',
    'sign.text': 'النص المطلوب توقيعه',
    'sign.hash': 'بصمة النص (SHA-256)',
    'sign.hash.text': 'تتغيّر كلها إن تغيّر حرف واحد من النص. وهي مكتوبة أيضًا في ملف الإثبات: يمكنك المقارنة بينهما.',
    'sign.print': 'طباعة',
    'sign.how': 'كيف توقّع',
    'sign.until': 'يمكنك التوقيع هنا حتى {time}. وبعد ذلك يكفي أن تبدأ من جديد.',
    'sign.no_way': 'لا تكفي أيّ وسيلة مما لديك لهذا النص. انظر أدناه ما يلزم كل وسيلة؛ لم يضع شيء، ويمكنك العودة لاحقًا.',
    'sign.others': 'ما لا يصلح هنا',
    'sign.other_ways': 'التوقيع بطريقة أخرى',
    'sign.not': 'ألا تريد التوقيع؟',
    'sign.not.text': 'يمكنك المغادرة دون فعل شيء: لا يُوقَّع شيء ما لم يُجب مفتاح. أو قل الآن إنك لا توقّع.',
    'sign.decline': 'لا أوقّع',
    'sign.back': 'العودة إلى التوكيلات',
    'sign.why_no_password': 'لماذا لا تكفي كلمة مرور أو رمز؟',
    'sign.why_no_password.text':
      'كلمة المرور أو الرمز المرسل لا يخبران إلا هذا الموقع بأن أحدًا كان هنا: لن يستطيع غيره التحقق من ذلك لاحقًا، ويمكن لهذا الموقع أن يختلقه. أما المفتاح الذي لا يغادر بطاقتك أو جهازك فيترك إثباتًا يتحقق منه كل أحد من دوننا.',
    'sign.card': 'ببطاقتك وقارئ',
    'sign.card.text': 'في بطاقتك مفتاح للتوقيع غير المفتاح الذي يعرّف بك، وله غالبًا رمز سري خاص.',
    'sign.card.one': 'ضع البطاقة في القارئ.',
    'sign.card.two': 'اضغط الزر: يُفتح تطبيق Web eID ويطلب شهادة التوقيع التي في البطاقة.',
    'sign.card.three':
      'تأكد من أنه يذكر هذا الموقع، ثم اكتب رمز التوقيع السري في التطبيق. التطبيق لا يعرض النص: هذه الصفحة هي التي تعرضه.',
    'sign.card.go': 'التوقيع ببطاقتي',
    'sign.card.no_script': 'يحتاج التوقيع بالبطاقة إلى JavaScript، ومتصفحك لا يشغّله. فعّله، أو وقّع بطريقة أخرى.',
    'sign.card.missing': 'لم تُجب إضافة Web eID في هذا المتصفح. ثبّتها مع تطبيقها (web-eid.eu)، ثم أعد تحميل هذه الصفحة.',
    'sign.card.no_app':
      'تطبيق Web eID لا يجيب، أو ليس في هذه البطاقة مفتاح للتوقيع. أعد فتح التطبيق وابدأ من جديد؛ وإن تكرر ذلك فوقّع بطريقة أخرى.',
    'sign.card.old': 'إضافة Web eID وتطبيقها غير متوافقين: حدّث كليهما، ثم ابدأ من جديد.',
    'sign.card.cancelled': 'أوقفت العملية. لم يُوقَّع شيء؛ ويمكنك البدء من جديد.',
    'sign.card.slow': 'لم تُجب البطاقة في الوقت. تحقق من القارئ والبطاقة، ثم ابدأ من جديد.',
    'sign.card.other': 'لم توقّع البطاقة. أخرجها وأعدها، ثم ابدأ من جديد؛ لم يُوقَّع شيء حتى الآن.',
    'sign.card.browser': 'وماذا عن قراءة المتصفح للبطاقة دون Web eID؟',
    'sign.card.browser.text':
      'تلك القراءة تُظهر من أنت حين يُفتح الاتصال، لكنها لا تتيح توقيع نص. يلزم تطبيق Web eID، أو تطبيق الهوية الإلكترونية في هاتفك.',
    'sign.card.not_set_up': 'هذا الموقع لا يقرأ البطاقات بهذه الطريقة حاليًا.',
    'sign.card.none_held': 'لا توجد بطاقة معروفة لك هنا.',
    'sign.card.too_low': 'البطاقات التي تُقرأ هنا لا تبلغ المستوى {level} اللازم لهذا النص.',
    'sign.app': 'بتطبيق الهوية الإلكترونية في هاتفك',
    'sign.app.text': 'يعرض الهاتف نفسه النص كاملًا قبل التوقيع، ويوقّع بمفتاح بطاقتك أو بمفتاحه.',
    'sign.app.go': 'التوقيع بهاتفي',
    'sign.app.about': 'توكيل',
    'sign.app.not_set_up': 'تطبيق الهوية الإلكترونية غير متاح هنا حاليًا.',
    'sign.app.none_held': 'لا يوجد هاتف مرتبط بهويتك.',
    'sign.app.too_low': 'هاتفك وحده لا يبلغ المستوى {level} اللازم لهذا النص.',
    'sign.passkey': 'بمفتاح مرور',
    'sign.passkey.text':
      'يطلب هاتفك أو حاسوبك أو مفتاح الأمان إصبعك أو وجهك أو رمزك. وبصمة النص جزء مما يوقّعه المفتاح.',
    'sign.passkey.go': 'التوقيع بمفتاح المرور',
    'sign.passkey.not_set_up': 'هذا الموقع لا يقبل أيّ مفتاح مرور حاليًا.',
    'sign.passkey.none_held': 'لم تسجّل مفتاح مرور هنا.',
    'sign.passkey.too_low': 'مفتاح المرور لا يبلغ المستوى {level} اللازم لهذا النص.',
    'sign.problem.page': 'للتصحيح – {title}',
    'sign.problem.over': 'انتهى طلب التوقيع هذا',
    'sign.problem.over.text':
      'استُعمل من قبل، أو مضت دقائقه العشر، أو فُتح في جلسة أخرى. عُد إلى التوكيلات: سترى هناك ما وُقّع، ويمكنك البدء من جديد.',
    'sign.problem.changed': 'لم يعد هذا النص مطلوبًا للتوقيع',
    'sign.problem.changed.text':
      'ما يصفه تغيّر أو انتهى منذ أن فتحته: لم يُوقَّع شيء. عُد إلى التوكيلات لتقرأ ما يسري الآن.',
    'sign.problem.frozen': 'هويتك مجمّدة',
    'sign.problem.frozen.text': 'ما دامت كذلك فلا يمكن توقيع شيء باسمك. يمكنك رفع التجميد من صفحة الحماية في فضائك.',
    'sign.problem.not_yours': 'هذا المفتاح غير معروف على أنه لك',
    'sign.problem.not_yours.text':
      'البطاقة أو الجهاز لشخص آخر، أو لا يدلّ على هوية حسابك نفسها. استعمل ما هو لك؛ وإن كانت البطاقة بطاقتك فعرّف بنفسك بها مرة، ثم عُد للتوقيع.',
    'sign.problem.too_low': 'هذا المفتاح لا يكفي لهذا النص',
    'sign.problem.too_low.text': 'يلزم مفتاح من مستوى أعلى: انظر أدناه ما يصلح.',
    'sign.problem.not_for_signing': 'هذه الشهادة ليست للتوقيع',
    'sign.problem.not_for_signing.text':
      'هي الشهادة التي تعرّف بك. ابدأ من جديد واختر شهادة التوقيع التي في البطاقة؛ وإن لم تكن فيها فوقّع بطريقة أخرى.',
    'sign.problem.card_expired': 'لم تعد بطاقتك صالحة',
    'sign.problem.card_expired.text':
      'انقضى تاريخ صلاحيتها. اطلب بطاقة جديدة ممن سلّمك إياها؛ وإلى ذلك الحين وقّع بطريقة أخرى.',
    'sign.problem.card_revoked': 'هذه البطاقة محظورة',
    'sign.problem.card_revoked.text':
      'أُعلن فقدانها أو سرقتها أو استبدالها. إن تسلّمت بطاقة جديدة فاستعملها؛ وإلا فتوجّه إلى من سلّمك إياها.',
    'sign.problem.card_unknown': 'هذه البطاقة ليست مما يصلح هنا',
    'sign.problem.card_unknown.text': 'جرّب بطاقة أخرى، أو وقّع بطريقة أخرى.',
    'sign.problem.card_unverifiable': 'لا يمكن التحقق من بطاقتك حاليًا',
    'sign.problem.card_unverifiable.text':
      'ليس الخطأ منك: الخدمة التي تخبر هل البطاقة محظورة لا تجيب، ونحن لا نقبل أيّ توقيع دون جوابها. أعد المحاولة بعد دقائق.',
    'sign.problem.card_refused': 'لم تُقبل هذه البطاقة',
    'sign.problem.card_refused.text': 'ما أظهرته ليس كما ينبغي. ابدأ من جديد؛ وإن تكرر ذلك فتوجّه إلى من سلّمك إياها.',
    'sign.problem.signature_invalid': 'هذا التوقيع ليس لهذا النص',
    'sign.problem.signature_invalid.text':
      'ما أجاب به المفتاح لا يطابق نص هذه الصفحة. لم يُحفظ شيء. ابدأ من جديد؛ وإن تكرر ذلك فوقّع بطريقة أخرى وأخبر الدعم.',
    'sign.problem.malformed': 'تعذّرت قراءة الجواب',
    'sign.problem.malformed.text': 'حدّث متصفحك وإضافة Web eID وتطبيقها، ثم ابدأ من جديد.',
    'sign.problem.no_script': 'لم يُسأل أيّ مفتاح',
    'sign.problem.no_script.text': 'لم يشغّل متصفحك برنامج هذه الصفحة. فعّل JavaScript، أو وقّع بطريقة أخرى.',
    'sign.problem.too_often': 'محاولات كثيرة من شبكتك',
    'sign.problem.too_often.text': 'انتظر عشر دقائق، ثم ابدأ من جديد.',
    'sign.problem.not_accepted': 'لم يُعتمد توقيعك',
    'sign.problem.not_accepted.text': 'ما كان يؤكده قد تغيّر. وصفحة التوكيلات تقول السبب.',
  },
}
