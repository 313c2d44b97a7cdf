/** What the phone says, in three languages. `{…}` is filled in by the app; `hub` is the hub's own name. */
import type { Translated } from '../../src/kernel/languages.ts'

export const words = {
  app: { fr: 'e‑ID', en: 'e‑ID', ar: 'الهوية الإلكترونية' },
  loading: { fr: 'L’application s’ouvre…', en: 'The app is opening…', ar: 'التطبيق قيد الفتح…' },
  scriptless: {
    fr: 'Ce téléphone est un programme : il lui faut JavaScript. Un vrai téléphone a son application.',
    en: 'This phone is a program: it needs JavaScript. A real phone has its app.',
    ar: 'هذا الهاتف برنامج يحتاج إلى JavaScript. أما الهاتف الحقيقي فله تطبيقه.',
  },
  back: { fr: 'Retour', en: 'Back', ar: 'رجوع' },
  cancel: { fr: 'Annuler', en: 'Cancel', ar: 'إلغاء' },
  go_on: { fr: 'Continuer', en: 'Continue', ar: 'متابعة' },
  again: { fr: 'Réessayer', en: 'Try again', ar: 'إعادة المحاولة' },
  done: { fr: 'Terminé', en: 'Done', ar: 'تم' },
  busy: { fr: 'Un instant…', en: 'One moment…', ar: 'لحظة من فضلك…' },

  // Home
  welcome: { fr: 'Votre identité, dans ce téléphone', en: 'Your identity, in this phone', ar: 'هويتك في هذا الهاتف' },
  welcome_text: {
    fr: 'Préparez ce téléphone une fois, avec votre carte et son code. Ensuite il confirme vos connexions.',
    en: 'Set up this phone once, with your card and its PIN. From then on it confirms your sign-ins.',
    ar: 'هيّئ هذا الهاتف مرة واحدة ببطاقتك ورمزها السري. بعد ذلك يؤكد عمليات دخولك.',
  },
  set_up: { fr: 'Préparer avec ma carte', en: 'Set up with my card', ar: 'التهيئة ببطاقتي' },
  set_up_another: {
    fr: 'Ajouter une autre personne',
    en: 'Add another person',
    ar: 'إضافة شخص آخر',
  },
  ready: { fr: 'Ce téléphone est prêt', en: 'This phone is ready', ar: 'هذا الهاتف جاهز' },
  scan: { fr: 'Lire un code', en: 'Scan a code', ar: 'مسح رمز' },
  approvals: { fr: 'Ce que j’ai confirmé', en: 'What I confirmed', ar: 'ما أكدته' },
  phones: { fr: 'Ce téléphone', en: 'This phone', ar: 'هذا الهاتف' },
  read_card_only: {
    fr: 'Lire ma carte sans préparer ce téléphone',
    en: 'Read my card without setting up this phone',
    ar: 'قراءة بطاقتي دون تهيئة هذا الهاتف',
  },

  // Cards
  choose_card: {
    fr: 'Posez votre carte sous le téléphone',
    en: 'Hold your card to the phone',
    ar: 'ضع بطاقتك تحت الهاتف',
  },
  choose_card_text: {
    fr: 'Les cartes qui sont sur la table :',
    en: 'The cards on the table:',
    ar: 'البطاقات الموضوعة على الطاولة:',
  },
  cnie: { fr: 'Carte d’identité', en: 'Identity card', ar: 'بطاقة التعريف' },
  cpx: { fr: 'Carte de professionnel de santé', en: 'Health professional’s card', ar: 'بطاقة مهني الصحة' },
  no_card: {
    fr: 'Aucune des cartes de la table ne convient ici.',
    en: 'None of the cards on the table fits here.',
    ar: 'لا تصلح هنا أي بطاقة من بطاقات الطاولة.',
  },
  reading: {
    fr: 'La carte est lue. Ne la retirez pas…',
    en: 'The card is being read. Hold it still…',
    ar: 'تجري قراءة البطاقة. لا ترفعها…',
  },
  pin: { fr: 'Code de la carte', en: 'PIN of the card', ar: 'الرمز السري للبطاقة' },
  pin_text: {
    fr: 'La puce le vérifie elle-même. Il ne quitte pas ce téléphone.',
    en: 'The chip checks it by itself. It does not leave this phone.',
    ar: 'تتحقق منه الشريحة بنفسها، ولا يغادر هذا الهاتف.',
  },
  pin_hint: {
    fr: 'Dans cette ville, le code de chaque carte est {pin}.',
    en: 'In this town the PIN of every card is {pin}.',
    ar: 'في هذه المدينة الرمز السري لكل بطاقة هو {pin}.',
  },
  pin_wrong: {
    fr: 'Ce n’est pas le code de cette carte. Essais restants : {left}.',
    en: 'This is not the PIN of this card. Tries left: {left}.',
    ar: 'ليس هذا رمز هذه البطاقة. المحاولات المتبقية: {left}.',
  },
  card_blocked: { fr: 'Cette carte est bloquée', en: 'This card is blocked', ar: 'هذه البطاقة محظورة' },
  card_blocked_text: {
    fr: 'Trois codes faux : la puce ne répond plus. Le plan de la ville en délivre une nouvelle ; une vraie carte se débloque auprès de qui l’a délivrée.',
    en: 'Three wrong PINs: the chip no longer answers. The map of the town issues a new one; a real card is unblocked by who issued it.',
    ar: 'ثلاثة رموز خاطئة: لم تعد الشريحة تجيب. تصدر خريطة المدينة بطاقة جديدة؛ أما البطاقة الحقيقية فترفع حظرها الجهة التي أصدرتها.',
  },

  // Finger
  finger: { fr: 'Posez votre doigt', en: 'Touch the sensor', ar: 'ضع إصبعك' },
  finger_text: {
    fr: 'Le téléphone compare ; l’empreinte reste ici et n’est envoyée à personne.',
    en: 'The phone compares; the fingerprint stays here and is sent to nobody.',
    ar: 'الهاتف هو الذي يقارن؛ تبقى البصمة هنا ولا تُرسل إلى أحد.',
  },
  own_finger: { fr: 'Mon doigt', en: 'My finger', ar: 'إصبعي' },
  other_finger: { fr: 'Le doigt d’un autre', en: 'Somebody else’s finger', ar: 'إصبع شخص آخر' },
  finger_wrong: {
    fr: 'Ce doigt n’est pas reconnu. Essais restants : {left}.',
    en: 'This finger is not recognised. Tries left: {left}.',
    ar: 'لم يُتعرَّف على هذا الإصبع. المحاولات المتبقية: {left}.',
  },
  finger_failed: { fr: 'Vous n’avez pas été reconnu', en: 'You were not recognised', ar: 'لم يُتعرَّف عليك' },
  finger_failed_text: {
    fr: 'Rien n’a été confirmé.',
    en: 'Nothing was confirmed.',
    ar: 'لم يُؤكَّد أي شيء.',
  },

  // Scan
  scan_title: { fr: 'Lire le code de l’écran', en: 'Scan the code on the screen', ar: 'امسح الرمز المعروض على الشاشة' },
  scan_text: {
    fr: 'Seulement un code que vous avez demandé vous-même, sur l’écran qui est devant vous.',
    en: 'Only a code that you asked for yourself, on the screen in front of you.',
    ar: 'فقط رمز طلبته بنفسك، على الشاشة التي أمامك.',
  },
  camera: { fr: 'Ouvrir l’appareil photo', en: 'Open the camera', ar: 'فتح الكاميرا' },
  camera_failed: {
    fr: 'L’appareil photo ne s’ouvre pas ici. Prenez une image du code, ou collez son lien.',
    en: 'The camera does not open here. Use a picture of the code, or paste its link.',
    ar: 'لا تفتح الكاميرا هنا. استعمل صورة للرمز أو ألصق رابطه.',
  },
  looking: {
    fr: 'L’appareil photo cherche un code…',
    en: 'The camera is looking for a code…',
    ar: 'الكاميرا تبحث عن رمز…',
  },
  image: { fr: 'Une image du code', en: 'A picture of the code', ar: 'صورة للرمز' },
  image_nothing: {
    fr: 'Aucun code n’a été trouvé dans cette image.',
    en: 'No code was found in this picture.',
    ar: 'لم يُعثر على رمز في هذه الصورة.',
  },
  link: { fr: 'Ou le lien du code', en: 'Or the link of the code', ar: 'أو رابط الرمز' },
  paste: { fr: 'Coller', en: 'Paste', ar: 'لصق' },
  paste_nothing: {
    fr: 'Il n’y a rien à coller, ou le navigateur ne le permet pas.',
    en: 'There is nothing to paste, or the browser does not allow it.',
    ar: 'لا يوجد ما يُلصق، أو لا يسمح المتصفح بذلك.',
  },
  not_a_code: {
    fr: 'Ce n’est pas un code de {hub}.',
    en: 'This is not a code of {hub}.',
    ar: 'ليس هذا رمزًا من {hub}.',
  },

  // A request
  request_last: { fr: 'Confirmer maintenant ?', en: 'Approve now?', ar: 'هل تؤكد الآن؟' },
  request_last_signature: { fr: 'Signer maintenant ?', en: 'Sign now?', ar: 'هل توقّع الآن؟' },
  request_title_signature: { fr: 'Signer un texte ?', en: 'Sign a text?', ar: 'هل توقّع نصًا؟' },
  read: { fr: 'Lisez avant de signer', en: 'Read before you sign', ar: 'اقرأ قبل أن توقّع' },
  read_text: {
    fr: 'C’est ce texte, entier, que vous signez, et rien d’autre.',
    en: 'It is this text, the whole of it, that you sign, and nothing else.',
    ar: 'هذا النص كاملًا هو ما توقّعه، ولا شيء غيره.',
  },
  read_done: { fr: 'J’ai lu', en: 'I have read it', ar: 'قرأت النص' },
  read_again: { fr: 'Relire le texte', en: 'Read the text again', ar: 'إعادة قراءة النص' },
  a_signature: { fr: 'Signature d’un texte', en: 'Signature of a text', ar: 'توقيع نص' },
  request_title: { fr: 'Confirmer cette connexion ?', en: 'Confirm this sign-in?', ar: 'هل تؤكد هذا الدخول؟' },
  service: { fr: 'Service', en: 'Service', ar: 'الخدمة' },
  own_purpose: { fr: '{hub} (votre espace)', en: '{hub} (your own space)', ar: '{hub} (فضاؤك)' },
  place: { fr: 'Demandé depuis', en: 'Asked from', ar: 'طُلب من' },
  device: { fr: 'Appareil', en: 'Device', ar: 'الجهاز' },
  time: { fr: 'Quand', en: 'When', ar: 'متى' },
  place_unknown_word: { fr: 'lieu inconnu', en: 'unknown place', ar: 'مكان مجهول' },
  identity: { fr: 'Identité', en: 'Identity', ar: 'الهوية' },
  number: {
    fr: 'Le nombre affiché sur l’écran',
    en: 'The number on the screen',
    ar: 'الرقم المعروض على الشاشة',
  },
  number_text: {
    fr: 'Deux chiffres. Si personne ne vous les montre sur un écran devant vous, refusez.',
    en: 'Two digits. If they are not on a screen in front of you, decline.',
    ar: 'خانتان. إن لم يكن هذا الرقم على شاشة أمامك فارفض.',
  },
  number_wrong: {
    fr: 'Ce n’est pas le nombre de l’écran. Essais restants : {left}.',
    en: 'This is not the number on the screen. Tries left: {left}.',
    ar: 'ليس هذا هو الرقم المعروض على الشاشة. المحاولات المتبقية: {left}.',
  },
  in_front: {
    fr: 'Êtes-vous vous-même devant cet écran ? Quiconque vous appelle ou vous écrit pour vous faire lire un code est un voleur.',
    en: 'Are you in front of this screen yourself? Whoever calls you or writes to you to have you scan a code is a thief.',
    ar: 'هل أنت بنفسك أمام هذه الشاشة؟ كل من يتصل بك أو يكتب إليك لتمسح رمزًا هو لص.',
  },
  warn_other_country: {
    fr: 'L’écran est dans un autre pays que ce téléphone.',
    en: 'The screen is in another country than this phone.',
    ar: 'الشاشة في بلد غير البلد الذي فيه هذا الهاتف.',
  },
  warn_other_network: {
    fr: 'L’écran est sur un autre réseau que ce téléphone.',
    en: 'The screen is on another network than this phone.',
    ar: 'الشاشة على شبكة غير شبكة هذا الهاتف.',
  },
  warn_place_unknown: {
    fr: 'On ne sait pas où est l’écran.',
    en: 'Nobody knows where the screen is.',
    ar: 'لا يُعرف مكان الشاشة.',
  },
  warn_card_needed_signature: {
    fr: 'Cette signature demande votre carte.',
    en: 'This signature asks for your card.',
    ar: 'يتطلب هذا التوقيع بطاقتك.',
  },
  warn_card_needed_app: {
    fr: 'Cette connexion demande votre carte.',
    en: 'This sign-in asks for your card.',
    ar: 'يتطلب هذا الدخول بطاقتك.',
  },
  approve_signature: { fr: 'Signer', en: 'Sign', ar: 'توقيع' },
  approve: { fr: 'Confirmer', en: 'Approve', ar: 'تأكيد' },
  decline: { fr: 'Refuser', en: 'Decline', ar: 'رفض' },
  why: { fr: 'Pourquoi refusez-vous ?', en: 'Why do you decline?', ar: 'لماذا ترفض؟' },
  why_not_me: { fr: 'Je n’ai rien demandé', en: 'I did not ask for it', ar: 'لم أطلب شيئًا' },
  why_wrong_place: { fr: 'Ce n’est pas le bon lieu', en: 'The place is not right', ar: 'المكان غير صحيح' },
  why_changed_mind: { fr: 'J’ai changé d’avis', en: 'I changed my mind', ar: 'غيّرت رأيي' },
  declined: { fr: 'Refusé', en: 'Declined', ar: 'رُفض' },
  declined_text: {
    fr: 'Personne n’est entré.',
    en: 'Nobody was let in.',
    ar: 'لم يدخل أحد.',
  },
  declined_not_me: {
    fr: 'Personne n’est entré. Vous recevrez un message qui dit d’où cela venait et que faire.',
    en: 'Nobody was let in. A message will tell you where it came from and what to do.',
    ar: 'لم يدخل أحد. ستصلك رسالة تبين من أين جاء الطلب وما الذي عليك فعله.',
  },
  declined_text_signature: {
    fr: 'Rien n’a été signé.',
    en: 'Nothing was signed.',
    ar: 'لم يُوقَّع شيء.',
  },
  declined_not_me_signature: {
    fr: 'Rien n’a été signé. Vous recevrez un message qui dit d’où cela venait et que faire.',
    en: 'Nothing was signed. A message will tell you where it came from and what to do.',
    ar: 'لم يُوقَّع شيء. ستصلك رسالة تبين من أين جاء الطلب وما الذي عليك فعله.',
  },
  whose: { fr: 'Qui confirme ?', en: 'Who confirms?', ar: 'من الذي يؤكد؟' },

  // The end of an approval
  confirm_title: {
    fr: 'Tapez ce nombre sur l’écran',
    en: 'Type this number on the screen',
    ar: 'اكتب هذا الرقم على الشاشة',
  },
  confirm_text: {
    fr: 'Seulement sur l’écran où vous avez commencé. Ne le dites à personne.',
    en: 'Only on the screen where you began. Tell it to nobody.',
    ar: 'فقط على الشاشة التي بدأت منها. لا تُخبر به أحدًا.',
  },
  waiting: {
    fr: 'Ce téléphone attend que l’écran ait fini.',
    en: 'This phone waits until the screen is done.',
    ar: 'ينتظر هذا الهاتف حتى تنتهي الشاشة.',
  },
  signed_in: { fr: 'C’est fait : vous êtes connecté.', en: 'Done: you are signed in.', ar: 'تم: لقد دخلت.' },
  signed: { fr: 'C’est fait : vous avez signé.', en: 'Done: you have signed.', ar: 'تم: لقد وقّعت.' },
  return_title: { fr: 'C’est confirmé', en: 'Approved', ar: 'تم التأكيد' },
  return_text: {
    fr: 'Retournez dans le navigateur où vous avez commencé.',
    en: 'Go back to the browser where you began.',
    ar: 'عد إلى المتصفح الذي بدأت منه.',
  },
  return: { fr: 'Retourner au navigateur', en: 'Back to the browser', ar: 'العودة إلى المتصفح' },

  // Lists
  none: { fr: 'Rien pour le moment.', en: 'Nothing yet.', ar: 'لا شيء بعد.' },
  was_approved: { fr: 'Confirmé', en: 'Approved', ar: 'مؤكَّد' },
  was_declined: { fr: 'Refusé', en: 'Declined', ar: 'مرفوض' },
  until: { fr: 'Valable jusqu’au {date}', en: 'Valid until {date}', ar: 'صالح حتى {date}' },
  renew: { fr: 'Renouveler', en: 'Renew', ar: 'تجديد' },
  renewed: { fr: 'Renouvelé', en: 'Renewed', ar: 'جُدِّد' },
  remove: { fr: 'Retirer de ce téléphone', en: 'Remove from this phone', ar: 'إزالة من هذا الهاتف' },
  remove_sure: {
    fr: 'Ce téléphone ne pourra plus confirmer pour {name}. Pour le préparer à nouveau, il faudra la carte.',
    en: 'This phone will no longer confirm for {name}. Setting it up again takes the card.',
    ar: 'لن يستطيع هذا الهاتف التأكيد باسم {name}. وستلزم البطاقة لتهيئته من جديد.',
  },
  removed: { fr: 'Retiré', en: 'Removed', ar: 'أُزيل' },
  paired: { fr: 'Ce téléphone est prêt', en: 'This phone is ready', ar: 'هذا الهاتف جاهز' },
  paired_text: {
    fr: 'Il confirme désormais les connexions de {name}.',
    en: 'It now confirms the sign-ins of {name}.',
    ar: 'أصبح يؤكد عمليات دخول {name}.',
  },

  // What went wrong
  stopped: { fr: 'Cela ne va pas plus loin', en: 'This goes no further', ar: 'لا يمكن المتابعة' },
  error_unreachable: {
    fr: '{hub} ne répond pas. Réessayez dans un moment.',
    en: '{hub} does not answer. Try again in a moment.',
    ar: 'لا يجيب {hub}. أعد المحاولة بعد قليل.',
  },
  error_unavailable: {
    fr: 'Le service e‑ID est arrêté en ce moment. Sur l’écran, choisissez un autre moyen ou réessayez plus tard.',
    en: 'The e‑ID service is not working at the moment. On the screen, choose another way, or try again later.',
    ar: 'خدمة الهوية الإلكترونية متوقفة الآن. اختر على الشاشة وسيلة أخرى أو أعد المحاولة لاحقًا.',
  },
  error_provider_unknown: {
    fr: '{hub} ne propose pas cette application pour le moment.',
    en: '{hub} does not offer this app at the moment.',
    ar: 'لا يعرض {hub} هذا التطبيق حاليًا.',
  },
  error_too_many_requests: {
    fr: 'Trop d’essais d’un coup. Attendez une minute.',
    en: 'Too many tries at once. Wait a minute.',
    ar: 'محاولات كثيرة دفعة واحدة. انتظر دقيقة.',
  },
  error_attestation_refused: {
    fr: 'Ce téléphone ne prouve pas qu’il est sûr. Il ne peut pas être préparé.',
    en: 'This phone does not prove that it is safe. It cannot be set up.',
    ar: 'لا يثبت هذا الهاتف أنه آمن، فلا يمكن تهيئته.',
  },
  error_card_refused: {
    fr: 'Cette carte n’est pas acceptée ici.',
    en: 'This card is not accepted here.',
    ar: 'هذه البطاقة غير مقبولة هنا.',
  },
  error_card_refused_revoked: {
    fr: 'Cette carte a été annulée par qui l’a délivrée. Prenez votre nouvelle carte.',
    en: 'This card was cancelled by who issued it. Use your new card.',
    ar: 'ألغت الجهة التي أصدرت هذه البطاقة صلاحيتها. استعمل بطاقتك الجديدة.',
  },
  error_card_refused_expired: {
    fr: 'Cette carte est périmée. Prenez votre nouvelle carte.',
    en: 'This card has expired. Use your new card.',
    ar: 'انتهت صلاحية هذه البطاقة. استعمل بطاقتك الجديدة.',
  },
  error_card_unverifiable: {
    fr: 'On ne peut pas vérifier cette carte en ce moment : qui l’a délivrée ne répond pas. Ce n’est pas votre faute.',
    en: 'This card cannot be checked at the moment: who issued it does not answer. It is not your fault.',
    ar: 'لا يمكن التحقق من هذه البطاقة الآن: الجهة التي أصدرتها لا تجيب. ليس الخطأ منك.',
  },
  error_identity_refused: {
    fr: 'Cette identité ne peut pas être ajoutée à ce téléphone. L’assistance de {hub} peut vous dire pourquoi.',
    en: 'This identity cannot be added to this phone. The support of {hub} can tell you why.',
    ar: 'لا يمكن إضافة هذه الهوية إلى هذا الهاتف. يمكن لدعم {hub} أن يبين لك السبب.',
  },
  error_identity_refused_frozen: {
    fr: 'Vous avez gelé votre identité. Dégelez-la dans votre espace, puis recommencez.',
    en: 'You have frozen your identity. Thaw it in your space, then begin again.',
    ar: 'لقد جمّدت هويتك. ألغ التجميد في فضائك ثم ابدأ من جديد.',
  },
  error_too_many_phones: {
    fr: 'Vous avez déjà autant de téléphones qu’il est permis. Retirez-en un dans votre espace.',
    en: 'You have as many phones as are allowed. Remove one in your space.',
    ar: 'لديك العدد الأقصى من الهواتف. أزل أحدها من فضائك.',
  },
  error_phone_unknown: {
    fr: 'Ce téléphone n’est plus connu de {hub}. Préparez-le à nouveau.',
    en: '{hub} does not know this phone any more. Set it up again.',
    ar: 'لم يعد {hub} يعرف هذا الهاتف. هيّئه من جديد.',
  },
  error_phone_revoked: {
    fr: 'Ce téléphone a été retiré de votre compte. Préparez-le à nouveau s’il est bien à vous.',
    en: 'This phone was removed from your account. Set it up again if it is yours.',
    ar: 'أُزيل هذا الهاتف من حسابك. هيّئه من جديد إن كان هاتفك.',
  },
  error_phone_expired: {
    fr: 'La préparation de ce téléphone est périmée. Recommencez-la avec votre carte.',
    en: 'The setting-up of this phone has expired. Do it again with your card.',
    ar: 'انتهت صلاحية تهيئة هذا الهاتف. أعدها ببطاقتك.',
  },
  error_phone_needed: {
    fr: 'Il faut ici un téléphone préparé. Préparez d’abord celui-ci avec votre carte.',
    en: 'This takes a phone that is set up. Set this one up with your card first.',
    ar: 'يلزم هنا هاتف مهيّأ. هيّئ هذا الهاتف ببطاقتك أولًا.',
  },
  error_code_unknown: {
    fr: 'Ce code a déjà servi ou est périmé. Lisez celui qui est affiché maintenant.',
    en: 'This code was used before or is too old. Scan the one that is shown now.',
    ar: 'استُعمل هذا الرمز من قبل أو انتهت صلاحيته. امسح الرمز المعروض الآن.',
  },
  error_request_over: {
    fr: 'Cette demande est terminée ou a été arrêtée.',
    en: 'This request is over or was stopped.',
    ar: 'انتهى هذا الطلب أو أُوقف.',
  },
  error_pairing_unknown: {
    fr: 'Cela a pris trop de temps. Recommencez.',
    en: 'It took too long. Begin again.',
    ar: 'استغرق الأمر وقتًا طويلًا. ابدأ من جديد.',
  },
  error_refused: {
    fr: '{hub} a arrêté cette demande. Rien n’a été confirmé.',
    en: '{hub} has stopped this request. Nothing was confirmed.',
    ar: 'أوقف {hub} هذا الطلب. لم يُؤكَّد أي شيء.',
  },
  error_refused_second_phone: {
    fr: 'Un autre téléphone a lu ce code : quelqu’un l’a fait suivre. Tout est arrêté, personne n’est entré.',
    en: 'Another phone has scanned this code: somebody passed it on. All is stopped, nobody was let in.',
    ar: 'مسح هاتف آخر هذا الرمز: لقد مرّره أحدهم. أُوقف كل شيء ولم يدخل أحد.',
  },
  error_refused_number_wrong: {
    fr: 'Trois nombres faux : tout est arrêté, personne n’est entré. Êtes-vous devant le bon écran ?',
    en: 'Three wrong numbers: all is stopped, nobody was let in. Are you in front of the right screen?',
    ar: 'ثلاث محاولات خاطئة للرقم: أُوقف كل شيء ولم يدخل أحد. هل أنت أمام الشاشة الصحيحة؟',
  },
  error_refused_other_country: {
    fr: 'L’écran est dans un autre pays que ce téléphone : c’est ainsi que l’on vole une identité. Tout est arrêté.',
    en: 'The screen is in another country than this phone: that is how identities are stolen. All is stopped.',
    ar: 'الشاشة في بلد غير بلد هذا الهاتف: هكذا تُسرق الهويات. أُوقف كل شيء.',
  },
  error_refused_other_network: {
    fr: 'L’écran est sur un autre réseau que ce téléphone, et ce service ne l’accepte pas. Tout est arrêté.',
    en: 'The screen is on another network than this phone, which this service does not accept. All is stopped.',
    ar: 'الشاشة على شبكة غير شبكة هذا الهاتف، وهذه الخدمة لا تقبل ذلك. أُوقف كل شيء.',
  },
  error_refused_card_of_somebody_else: {
    fr: 'Cette carte est celle d’une autre personne que ce téléphone. Tout est arrêté.',
    en: 'This card is another person’s than this phone. All is stopped.',
    ar: 'هذه البطاقة لشخص غير صاحب هذا الهاتف. أُوقف كل شيء.',
  },
  error_refused_phone_of_somebody_else: {
    fr: 'Ce texte est à signer par une autre personne que celle de ce téléphone. Tout est arrêté, rien n’a été signé.',
    en: 'This text is to be signed by another person than this phone’s. All is stopped, nothing was signed.',
    ar: 'هذا النص ليوقّعه شخص غير صاحب هذا الهاتف. أُوقف كل شيء ولم يُوقَّع شيء.',
  },
  error_other: {
    fr: 'Cela n’a pas abouti. Recommencez ; si cela continue, donnez le code ci-dessous à l’assistance.',
    en: 'It did not work. Begin again; if it goes on, tell the support the code below.',
    ar: 'لم ينجح الأمر. ابدأ من جديد؛ وإن تكرر فأعط الدعم الرمز أدناه.',
  },
  reference: { fr: 'Code de l’erreur', en: 'Error code', ar: 'رمز الخطأ' },

  // The reader of the desk
  reader: { fr: 'Lecteur de cartes', en: 'Card reader', ar: 'قارئ البطاقات' },
  reader_text: {
    fr: '{origin} demande à voir une carte. Choisissez-en une sur la table et tapez son code.',
    en: '{origin} asks to see a card. Choose one on the table and type its PIN.',
    ar: 'يطلب {origin} رؤية بطاقة. اختر واحدة من الطاولة واكتب رمزها السري.',
  },
  reader_choose: {
    fr: '{origin} demande avec quelle carte vous signerez. Choisissez-en une sur la table : le code ne sera demandé qu’ensuite.',
    en: '{origin} asks which card you will sign with. Choose one on the table: its PIN is asked for afterwards only.',
    ar: 'يسأل {origin} بأي بطاقة ستوقّع. اختر واحدة من الطاولة: لن يُطلب رمزها السري إلا بعد ذلك.',
  },
  reader_sign: {
    fr: '{origin} demande une signature. Tapez le code de la carte pour signer le texte que vous avez lu.',
    en: '{origin} asks for a signature. Type the PIN of the card to sign the text that you have read.',
    ar: 'يطلب {origin} توقيعًا. اكتب الرمز السري للبطاقة لتوقيع النص الذي قرأته.',
  },
  card: { fr: 'Carte', en: 'Card', ar: 'البطاقة' },
  sign: { fr: 'Présenter la carte', en: 'Present the card', ar: 'تقديم البطاقة' },
  reader_done: {
    fr: 'La carte a répondu. Cette fenêtre se ferme.',
    en: 'The card has answered. This window closes.',
    ar: 'أجابت البطاقة. ستُغلق هذه النافذة.',
  },
  reader_over: {
    fr: 'Cette demande est terminée.',
    en: 'This question is over.',
    ar: 'انتهى هذا الطلب.',
  },
} as const satisfies Record<string, Translated>
