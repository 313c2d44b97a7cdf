/** Sentences of the pages of a sign-in with a card. */
import type { Messages } from '../http/messages.ts'

export const cardMessages: Messages = {
  fr: {
    'card.title': 'Vous identifier avec {provider}',
    'card.lead':
      'Pour continuer vers {service}, montrez votre carte : elle dit qui vous êtes, et son code PIN montre que c’est bien vous.',
    'card.lead.own':
      'Pour continuer, montrez votre carte : elle dit qui vous êtes, et son code PIN montre que c’est bien vous.',
    'card.lead.change':
      'Avant ce changement, montrez votre carte : elle dit qui vous êtes, et son code PIN montre que c’est bien vous.',
    'card.or': 'ou',
    'card.no_way':
      'Aucun lecteur de carte n’est réglé ici en ce moment. Choisissez une autre façon de vous identifier.',
    'card.tls': 'Avec le navigateur',
    'card.tls.one': 'Placez votre carte dans le lecteur, puce en avant.',
    'card.tls.two':
      'Appuyez sur le bouton : votre navigateur montre les certificats qu’il trouve. Choisissez celui de votre carte.',
    'card.tls.three': 'Tapez le code PIN de la carte quand il est demandé.',
    'card.tls.go': 'Lire ma carte',
    'card.tls.silent': 'Rien n’est demandé ?',
    'card.tls.silent.text':
      'Le logiciel de votre carte doit être installé sur cet ordinateur. Et un navigateur à qui on a répondu « Annuler » une fois s’en souvient : fermez toutes ses fenêtres, rouvrez-le, puis recommencez.',
    'card.web_eid': 'Avec l’application Web eID',
    'card.web_eid.one': 'Branchez un lecteur et placez-y votre carte, ou posez-la dessus s’il lit sans contact.',
    'card.web_eid.two':
      'Appuyez sur le bouton : l’application Web eID s’ouvre et montre pour quel site elle va signer.',
    'card.web_eid.three': 'Vérifiez que c’est bien ce site, puis tapez le code PIN de la carte dans l’application.',
    'card.web_eid.go': 'Lire ma carte avec Web eID',
    'card.web_eid.asking': 'L’application Web eID vous attend : suivez ce qu’elle demande.',
    'card.web_eid.missing':
      'L’extension Web eID n’a pas répondu dans ce navigateur. Installez-la avec son application (web-eid.eu), puis rechargez cette page.',
    'card.web_eid.no_app':
      'L’extension est là, mais l’application Web eID ne répond pas. Installez-la ou rouvrez-la, puis recommencez.',
    'card.web_eid.old':
      'L’extension et l’application Web eID ne vont pas ensemble : mettez les deux à jour, puis recommencez.',
    'card.web_eid.cancelled': 'Vous avez arrêté la lecture. Rien n’a été envoyé ; vous pouvez recommencer.',
    'card.web_eid.slow': 'La carte n’a pas répondu à temps. Vérifiez le lecteur et la carte, puis recommencez.',
    'card.web_eid.other': 'La lecture n’a pas réussi. Retirez la carte, replacez-la, puis recommencez.',
    'card.web_eid.no_script':
      'Cette façon de lire la carte a besoin de JavaScript, que votre navigateur n’exécute pas. Activez-le, ou choisissez une autre façon de vous identifier ci-dessous.',
    'card.web_eid.no_script.tls':
      'Cette façon de lire la carte a besoin de JavaScript, que votre navigateur n’exécute pas. La lecture par le navigateur s’en passe.',
    'card.notes': 'Bon à savoir',
    'card.notes.pin':
      'Votre code PIN va de votre clavier à votre carte : ni ce site ni le service ne le voient. Ne le donnez à personne, et ne prêtez pas votre carte.',
    'card.notes.data':
      'La carte donne votre nom et ce qui vous identifie. Le service n’en reçoit que ce que la page suivante vous montre.',
    'card.problem.page': 'À corriger – {title}',
    'card.problem.nothing_shown': 'Aucune carte n’a été lue',
    'card.problem.nothing_shown.text':
      'La demande a été annulée, la carte n’était pas dans le lecteur, ou le code PIN n’était pas le bon. Replacez la carte et recommencez. Si rien n’est demandé cette fois, fermez toutes les fenêtres du navigateur d’abord.',
    'card.problem.expired': 'Votre carte n’est plus valable',
    'card.problem.expired.text':
      'Sa date de fin est passée. Demandez-en une nouvelle à qui vous l’a remise ; d’ici là, identifiez-vous autrement.',
    'card.problem.revoked': 'Cette carte a été bloquée',
    'card.problem.revoked.text':
      'Elle a été déclarée perdue, volée ou remplacée. Si vous en avez reçu une nouvelle, utilisez-la ; sinon, adressez-vous à qui vous l’a remise.',
    'card.problem.unknown_card': 'Cette carte n’est pas de celles qui servent ici',
    'card.problem.unknown_card.text':
      'Le certificat choisi est peut-être celui d’une autre carte, ou celui qui sert à signer. Recommencez et choisissez le certificat d’authentification de votre carte.',
    'card.problem.unverifiable': 'Votre carte ne peut pas être vérifiée en ce moment',
    'card.problem.unverifiable.text':
      'Ce n’est pas de votre fait : le service qui dit si une carte est bloquée ne répond pas, et nous n’acceptons aucune carte sans sa réponse. Réessayez dans quelques minutes, ou identifiez-vous autrement.',
    'card.problem.refused': 'Cette carte n’a pas été acceptée',
    'card.problem.refused.text':
      'Ce qu’elle a montré ou signé n’est pas comme il faut. Recommencez avec le certificat d’authentification de la carte ; si cela se répète, adressez-vous à qui vous l’a remise.',
    'card.problem.too_late': 'Cette étape est terminée',
    'card.problem.too_late.text':
      'Elle a duré trop longtemps, a déjà servi, ou a commencé dans un autre navigateur. Rien n’est perdu : recommencez ici.',
    'card.problem.malformed': 'La réponse de la carte n’a pas pu être lue',
    'card.problem.malformed.text': 'Mettez à jour l’extension et l’application Web eID, puis recommencez.',
    'card.problem.no_script': 'La carte n’a pas été demandée',
    'card.problem.no_script.text':
      'C’est la page qui appelle l’extension Web eID, et elle a besoin de JavaScript pour cela. Activez-le, ou identifiez-vous autrement.',
    'card.problem.too_often': 'Trop d’essais depuis ce réseau',
    'card.problem.too_often.text': 'Attendez dix minutes, puis recommencez, ou identifiez-vous autrement.',
    'card.password.title': 'Votre carte, et votre mot de passe {account}',
    'card.password.lead':
      'Votre carte a été lue sans contact, donc sans son code PIN : quiconque la tiendrait aurait pu le faire. Le mot de passe montre que c’est bien vous.',
    'card.password.field': 'Mot de passe de votre compte {account}',
    'card.password.go': 'Continuer',
    'card.password.level':
      'Carte sans contact et mot de passe donnent ensemble le niveau de garantie faible. Une carte lue par sa puce, avec son code PIN, en donne davantage.',
    'card.password.none':
      'Sans mot de passe, ou s’il est oublié, choisissez une autre façon de vous identifier. Ne le donnez à personne, même à qui vous tend un lecteur.',
    'card.password.again': 'Lire une autre carte',
    'card.password.wrong': 'La carte et le mot de passe ne suffisent pas',
    'card.password.wrong.text':
      'Le mot de passe n’est pas le bon, ou cette carte n’a pas de compte qui en ait un. Après plusieurs essais, il faut attendre.',
    'card.password.too_often': 'Trop d’essais',
    'card.password.too_often.text':
      'Par prudence, cette carte ne peut pas servir avec un mot de passe pour le moment. Attendez, ou identifiez-vous autrement.',
    'card.over': 'Cette adresse ne mène plus nulle part',
    'card.over.text':
      'Une adresse de lecture de carte ne sert qu’une fois, pendant une minute, dans le navigateur qui l’a demandée. Retournez à la page où vous avez commencé, ou au service, et recommencez. Si quelqu’un vous a envoyé cette adresse, n’y allez pas : personne n’a de raison de le faire.',
  },
  en: {
    'card.title': 'Sign in with {provider}',
    'card.lead': 'To continue to {service}, show your card: it says who you are, and its PIN shows that it is you.',
    'card.lead.own': 'To continue, show your card: it says who you are, and its PIN shows that it is you.',
    'card.lead.change': 'Before this change, show your card: it says who you are, and its PIN shows that it is you.',
    'card.or': 'or',
    'card.no_way': 'No reader of cards is set up here at the moment. Choose another way to sign in.',
    'card.tls': 'With the browser',
    'card.tls.one': 'Put your card in the reader, chip first.',
    'card.tls.two': 'Press the button: your browser shows the certificates that it finds. Choose the one of your card.',
    'card.tls.three': 'Type the PIN of the card when you are asked for it.',
    'card.tls.go': 'Read my card',
    'card.tls.silent': 'Nothing is asked?',
    'card.tls.silent.text':
      'The software of your card has to be installed on this computer. And a browser that was told “Cancel” once remembers it: close all of its windows, open it again and start over.',
    'card.web_eid': 'With the Web eID application',
    'card.web_eid.one': 'Connect a reader and put your card in it, or lay it on top if it reads without contact.',
    'card.web_eid.two': 'Press the button: the Web eID application opens and shows for which site it will sign.',
    'card.web_eid.three': 'Check that it is this site, then type the PIN of the card in the application.',
    'card.web_eid.go': 'Read my card with Web eID',
    'card.web_eid.asking': 'The Web eID application is waiting for you: follow what it asks.',
    'card.web_eid.missing':
      'The Web eID extension did not answer in this browser. Install it with its application (web-eid.eu), then load this page again.',
    'card.web_eid.no_app':
      'The extension is there, but the Web eID application does not answer. Install it or open it again, then start over.',
    'card.web_eid.old': 'The Web eID extension and application do not fit together: update both, then start over.',
    'card.web_eid.cancelled': 'You stopped the reading. Nothing was sent; you can start over.',
    'card.web_eid.slow': 'The card did not answer in time. Check the reader and the card, then start over.',
    'card.web_eid.other': 'The reading did not succeed. Take the card out, put it back and start over.',
    'card.web_eid.no_script':
      'This way of reading the card needs JavaScript, which your browser does not run. Turn it on, or choose another way to sign in below.',
    'card.web_eid.no_script.tls':
      'This way of reading the card needs JavaScript, which your browser does not run. Reading it by the browser does without.',
    'card.notes': 'Good to know',
    'card.notes.pin':
      'Your PIN goes from your keyboard to your card: neither this site nor the service sees it. Give it to nobody, and lend nobody your card.',
    'card.notes.data':
      'The card tells your name and what identifies you. The service receives of it only what the next page shows you.',
    'card.problem.page': 'To be corrected – {title}',
    'card.problem.nothing_shown': 'No card was read',
    'card.problem.nothing_shown.text':
      'The request was cancelled, the card was not in the reader, or the PIN was wrong. Put the card back and start over. If nothing is asked this time, close all windows of the browser first.',
    'card.problem.expired': 'Your card is not valid any more',
    'card.problem.expired.text':
      'Its last day is over. Ask for a new one from whoever gave it to you; until then, sign in another way.',
    'card.problem.revoked': 'This card was blocked',
    'card.problem.revoked.text':
      'It was reported lost or stolen, or it was replaced. If you received a new one, use that; otherwise ask whoever gave it to you.',
    'card.problem.unknown_card': 'This card is not one of those that serve here',
    'card.problem.unknown_card.text':
      'The certificate that you chose may be that of another card, or the one for signing. Start over and choose the certificate of your card that is for authentication.',
    'card.problem.unverifiable': 'Your card cannot be checked at the moment',
    'card.problem.unverifiable.text':
      'It is not your fault: the service that says whether a card is blocked does not answer, and we accept no card without its answer. Try again in some minutes, or sign in another way.',
    'card.problem.refused': 'This card was not accepted',
    'card.problem.refused.text':
      'What it showed or signed is not as it has to be. Start over with the certificate of the card that is for authentication; if it happens again, ask whoever gave you the card.',
    'card.problem.too_late': 'This step is over',
    'card.problem.too_late.text':
      'It took too long, was used already, or began in another browser. Nothing is lost: start over here.',
    'card.problem.malformed': 'The answer of the card could not be read',
    'card.problem.malformed.text': 'Update the Web eID extension and application, then start over.',
    'card.problem.no_script': 'The card was not asked',
    'card.problem.no_script.text':
      'It is the page that calls the Web eID extension, and it needs JavaScript for that. Turn it on, or sign in another way.',
    'card.problem.too_often': 'Too many tries from this network',
    'card.problem.too_often.text': 'Wait ten minutes and start over, or sign in another way.',
    'card.password.title': 'Your card, and your {account} password',
    'card.password.lead':
      'Your card was read without contact, so without its PIN: anybody who holds it could have done that. The password shows that it is you.',
    'card.password.field': 'Password of your {account} account',
    'card.password.go': 'Continue',
    'card.password.level':
      'A contactless card and a password together carry the low assurance level. A card that is read by its chip, with its PIN, carries more.',
    'card.password.none':
      'Without a password, or if you forgot it, choose another way to sign in. Give it to nobody, nor to whoever hands you a reader.',
    'card.password.again': 'Read another card',
    'card.password.wrong': 'The card and this password are not enough',
    'card.password.wrong.text':
      'The password is not the right one, or this card has no account with one. After several tries you have to wait.',
    'card.password.too_often': 'Too many tries',
    'card.password.too_often.text':
      'To be safe, this card cannot be used with a password for now. Wait, or sign in another way.',
    'card.over': 'This address leads nowhere any more',
    'card.over.text':
      'An address for reading a card is good once, for one minute, in the browser that asked for it. Go back to the page where you began, or to the service, and start over. If somebody sent you this address, do not go there: nobody has a reason to do that.',
  },
  ar: {
    'card.title': 'تسجيل الدخول بواسطة {provider}',
    'card.lead': 'للمتابعة إلى {service}، أظهر بطاقتك: هي تقول من أنت، ورمزها السرّي (PIN) يُثبت أنك أنت.',
    'card.lead.own': 'للمتابعة، أظهر بطاقتك: هي تقول من أنت، ورمزها السرّي (PIN) يُثبت أنك أنت.',
    'card.lead.change': 'قبل هذا التغيير، أظهر بطاقتك: هي تقول من أنت، ورمزها السرّي (PIN) يُثبت أنك أنت.',
    'card.or': 'أو',
    'card.no_way': 'لا توجد هنا طريقة مهيّأة لقراءة البطاقات في الوقت الحالي. اختر طريقة أخرى لتسجيل الدخول.',
    'card.tls': 'بالمتصفّح',
    'card.tls.one': 'ضع البطاقة في القارئ، والشريحة إلى الأمام.',
    'card.tls.two': 'اضغط على الزر: يعرض المتصفّح الشهادات التي يجدها. اختر شهادة بطاقتك.',
    'card.tls.three': 'اكتب الرمز السرّي للبطاقة عندما يُطلب.',
    'card.tls.go': 'قراءة بطاقتي',
    'card.tls.silent': 'لم يُطلب شيء؟',
    'card.tls.silent.text':
      'يجب أن يكون برنامج البطاقة مثبّتًا على هذا الحاسوب. والمتصفّح الذي أُجيب مرّة بـ«إلغاء» يتذكّر ذلك: أغلق كلّ نوافذه ثم افتحه من جديد وأعد المحاولة.',
    'card.web_eid': 'بتطبيق Web eID',
    'card.web_eid.one': 'صِل قارئًا وضع البطاقة فيه، أو ضعها عليه إن كان يقرأ دون تلامس.',
    'card.web_eid.two': 'اضغط على الزر: يُفتح تطبيق Web eID ويعرض الموقع الذي سيوقّع له.',
    'card.web_eid.three': 'تحقّق من أنه هذا الموقع، ثم اكتب الرمز السرّي للبطاقة في التطبيق.',
    'card.web_eid.go': 'قراءة بطاقتي بواسطة Web eID',
    'card.web_eid.asking': 'تطبيق Web eID في انتظارك: اتبع ما يطلبه.',
    'card.web_eid.missing':
      'لم تُجب إضافة Web eID في هذا المتصفّح. ثبّتها مع تطبيقها من \u2066web-eid.eu\u2069 ثم أعد تحميل هذه الصفحة.',
    'card.web_eid.no_app': 'الإضافة موجودة، لكن تطبيق Web eID لا يجيب. ثبّته أو أعد فتحه ثم أعد المحاولة.',
    'card.web_eid.old': 'إضافة Web eID وتطبيقه غير متوافقين: حدّث الاثنين ثم أعد المحاولة.',
    'card.web_eid.cancelled': 'أوقفت القراءة. لم يُرسَل شيء، ويمكنك إعادة المحاولة.',
    'card.web_eid.slow': 'لم تُجب البطاقة في الوقت المحدّد. تحقّق من القارئ والبطاقة ثم أعد المحاولة.',
    'card.web_eid.other': 'لم تنجح القراءة. أخرج البطاقة ثم أعدها وحاول من جديد.',
    'card.web_eid.no_script':
      'تحتاج هذه الطريقة إلى JavaScript، ومتصفّحك لا يشغّله. فعّله، أو اختر أدناه طريقة أخرى لتسجيل الدخول.',
    'card.web_eid.no_script.tls': 'تحتاج هذه الطريقة إلى JavaScript، ومتصفّحك لا يشغّله. القراءة بالمتصفّح لا تحتاج إليه.',
    'card.notes': 'للعلم',
    'card.notes.pin':
      'يذهب رمزك السرّي من لوحة المفاتيح إلى بطاقتك: لا يراه هذا الموقع ولا الخدمة. لا تعطه لأحد، ولا تُعر بطاقتك.',
    'card.notes.data': 'تذكر البطاقة اسمك وما يعرّف بك. ولا تتسلّم الخدمة منه إلا ما تعرضه عليك الصفحة التالية.',
    'card.problem.page': 'يلزم التصحيح – {title}',
    'card.problem.nothing_shown': 'لم تُقرأ أيّ بطاقة',
    'card.problem.nothing_shown.text':
      'أُلغي الطلب، أو لم تكن البطاقة في القارئ، أو كان الرمز السرّي خاطئًا. أعد البطاقة وحاول من جديد. وإن لم يُطلب شيء هذه المرّة، فأغلق أوّلًا كلّ نوافذ المتصفّح.',
    'card.problem.expired': 'انتهت صلاحية بطاقتك',
    'card.problem.expired.text':
      'مضى آخر يوم لصلاحيتها. اطلب بطاقة جديدة ممّن سلّمها إليك؛ وإلى ذلك الحين سجّل الدخول بطريقة أخرى.',
    'card.problem.revoked': 'هذه البطاقة موقوفة',
    'card.problem.revoked.text':
      'أُعلن أنها مفقودة أو مسروقة، أو استُبدلت بغيرها. إن تسلّمت بطاقة جديدة فاستعملها، وإلّا فاسأل من سلّمها إليك.',
    'card.problem.unknown_card': 'هذه البطاقة ليست من البطاقات المقبولة هنا',
    'card.problem.unknown_card.text':
      'ربما كانت الشهادة المختارة لبطاقة أخرى، أو شهادة التوقيع. أعد المحاولة واختر شهادة المصادقة الخاصّة ببطاقتك.',
    'card.problem.unverifiable': 'لا يمكن التحقّق من بطاقتك في الوقت الحالي',
    'card.problem.unverifiable.text':
      'ليس الخطأ منك: الجهة التي تقول هل البطاقة موقوفة لا تجيب، ولا نقبل أيّ بطاقة دون جوابها. أعد المحاولة بعد دقائق، أو سجّل الدخول بطريقة أخرى.',
    'card.problem.refused': 'لم تُقبل هذه البطاقة',
    'card.problem.refused.text':
      'ما أظهرته أو وقّعته ليس كما ينبغي. أعد المحاولة بشهادة المصادقة في البطاقة؛ وإن تكرّر ذلك فاسأل من سلّمها إليك.',
    'card.problem.too_late': 'انتهت هذه الخطوة',
    'card.problem.too_late.text':
      'استغرقت وقتًا طويلًا، أو استُعملت من قبل، أو بدأت في متصفّح آخر. لم يضِع شيء: ابدأ من جديد هنا.',
    'card.problem.malformed': 'تعذّرت قراءة جواب البطاقة',
    'card.problem.malformed.text': 'حدّث إضافة Web eID وتطبيقه ثم أعد المحاولة.',
    'card.problem.no_script': 'لم تُسأل البطاقة',
    'card.problem.no_script.text':
      'الصفحة هي التي تستدعي إضافة Web eID، وتحتاج لذلك إلى JavaScript. فعّله، أو سجّل الدخول بطريقة أخرى.',
    'card.problem.too_often': 'محاولات كثيرة من هذه الشبكة',
    'card.problem.too_often.text': 'انتظر عشر دقائق ثم أعد المحاولة، أو سجّل الدخول بطريقة أخرى.',
    'card.password.title': 'بطاقتك وكلمة مرورك في {account}',
    'card.password.lead':
      'قُرئت بطاقتك دون تلامس، أي دون رمزها السري: كان بإمكان أي شخص يحملها أن يفعل ذلك. كلمة المرور تثبت أنك أنت.',
    'card.password.field': 'كلمة مرور حسابك في {account}',
    'card.password.go': 'متابعة',
    'card.password.level':
      'البطاقة اللاتلامسية مع كلمة المرور تمنحان معًا مستوى الضمان المنخفض. والبطاقة التي تُقرأ بشريحتها مع رمزها السري تمنح أكثر.',
    'card.password.none':
      'إن لم تكن لديك كلمة مرور أو نسيتها، فاختر طريقة أخرى لإثبات هويتك. لا تعطها لأحد، ولا لمن يمد إليك قارئًا.',
    'card.password.again': 'قراءة بطاقة أخرى',
    'card.password.wrong': 'البطاقة وكلمة المرور هذه لا تكفيان',
    'card.password.wrong.text':
      'كلمة المرور غير صحيحة، أو ليس لهذه البطاقة حساب له كلمة مرور. بعد عدة محاولات يجب الانتظار.',
    'card.password.too_often': 'محاولات كثيرة جدًا',
    'card.password.too_often.text':
      'من باب الاحتياط، لا يمكن استعمال هذه البطاقة مع كلمة مرور في الوقت الحالي. انتظر، أو أثبت هويتك بطريقة أخرى.',
    'card.over': 'لم يعد هذا العنوان يؤدّي إلى أيّ مكان',
    'card.over.text':
      'عنوان قراءة البطاقة صالح مرّة واحدة، لدقيقة واحدة، في المتصفّح الذي طلبه. عد إلى الصفحة التي بدأت منها، أو إلى الخدمة، وأعد المحاولة. وإن أرسل إليك أحد هذا العنوان فلا تفتحه: لا سبب لأحد أن يرسله.',
  },
}
