/** Sentences about what the hub holds of a person, the copy of it, and its erasure. */
import type { Messages } from '../http/messages.ts'

export const dataMessages: Messages = {
  fr: {
    'space.data.title': 'Mes données',
    'space.data.lead': 'Tout ce que nous gardons de vous, à quoi cela sert, et pour combien de temps.',
    'space.data.hidden':
      'Ces données ne s’affichent pas après l’identification d’aujourd’hui, parce que vous vous êtes déjà identifié plus fortement.',
    'space.data.identity': 'Votre identité',
    'space.data.identity.why':
      'Elle sert à vous reconnaître d’un compte à l’autre, et à répondre aux services qui ont le droit de la demander. Elle vient de vos comptes ; pour la corriger, adressez-vous à celui d’où elle vient. Gardée, chiffrée, aussi longtemps que vous.',
    'space.data.identity.none': 'Aucune pour le moment : elle sera reprise à votre prochaine connexion.',
    'space.data.accounts': 'Vos comptes',
    'space.data.accounts.why':
      'Ceux avec lesquels vous vous êtes identifié ici. Gardés aussi longtemps que vous : ils permettent de vous retrouver.',
    'space.data.accounts.count': '{count, plural, one {# compte.} other {# comptes.}}',
    'space.data.rest': 'Le reste',
    'space.data.count.contacts':
      '{count, plural, =0 {Aucune adresse de contact} one {# adresse de contact} other {# adresses de contact}}',
    'space.data.why.contacts': 'Pour vous prévenir.',
    'space.data.long.contacts':
      'Jusqu’à ce que vous les retiriez, puis 30 jours pour que personne ne puisse faire taire une alerte.',
    'space.data.count.means':
      '{count, plural, =0 {Aucun moyen d’identification} one {# moyen d’identification} other {# moyens d’identification}}',
    'space.data.why.means':
      'Pour vous identifier directement ici. Ce qui est secret est chiffré ou réduit à une empreinte.',
    'space.data.long.means': 'Jusqu’à ce que vous les retiriez ; il reste la date.',
    'space.data.count.phones':
      '{count, plural, =0 {Aucun téléphone associé} one {# téléphone associé} other {# téléphones associés}}',
    'space.data.why.phones':
      'Pour approuver des connexions avec l’application. Ni empreinte du doigt ni image du visage ne quitte le téléphone.',
    'space.data.long.phones': 'Jusqu’à leur fin, puis la durée des traces de sécurité.',
    'space.data.count.trips':
      '{count, plural, =0 {Aucun voyage déclaré} one {# voyage déclaré} other {# voyages déclarés}}',
    'space.data.why.trips':
      'Pour que les services qui demandent davantage depuis l’étranger s’ouvrent là où vous êtes. Ils n’apprennent pas où.',
    'space.data.long.trips': 'Un an après leur dernier jour.',
    'space.data.count.enrolments':
      '{count, plural, =0 {Aucune vérification d’identité} one {# vérification d’identité} other {# vérifications d’identité}}',
    'space.data.why.enrolments': 'Pour savoir comment et quand votre identité a été prouvée.',
    'space.data.long.enrolments': 'Aussi longtemps que vos moyens d’identification.',
    'space.data.count.sessions': '{count, plural, one {# session ouverte} other {# sessions ouvertes}}',
    'space.data.why.sessions': 'Pour ne pas vous demander de vous identifier à chaque service.',
    'space.data.long.sessions': 'Jusqu’à leur fin, puis un jour, le temps de prévenir les services.',
    'space.data.count.connections': '{count, plural, =0 {Aucune connexion} one {# connexion} other {# connexions}}',
    'space.data.why.connections':
      'Pour que vous puissiez contrôler l’usage de votre identité ; la loi nous demande aussi d’en garder la trace. L’adresse du réseau y est chiffrée à part.',
    'space.data.long.connections': '{days} jours.',
    'space.data.count.mandates': '{count, plural, =0 {Aucun mandat} one {# mandat} other {# mandats}}',
    'space.data.why.mandates':
      'Les mandats que vous avez signés, rédigés ou reçus, avec vos signatures et ce que vous avez fait en agissant pour d’autres : c’est la preuve de chacun.',
    'space.data.long.mandates': '{days} jours après leur fin.',
    'space.data.count.messages': '{count, plural, =0 {Aucun message} one {# message} other {# messages}}',
    'space.data.why.messages':
      'Une copie de ce que nous vous avons écrit, pour que vous reconnaissiez un vrai message.',
    'space.data.long.messages': '{days} jours.',
    'space.data.count.reports': '{count, plural, =0 {Aucun signalement} one {# signalement} other {# signalements}}',
    'space.data.why.reports': 'Ce que vous nous avez signalé comme n’étant pas de vous.',
    'space.data.long.reports': 'Jusqu’à sa conclusion, puis la durée des traces de sécurité.',
    'space.data.count.subjects':
      '{count, plural, =0 {Aucun identifiant auprès de services} one {# identifiant auprès de services} other {# identifiants auprès de services}}',
    'space.data.why.subjects':
      'Sous lesquels les services vous connaissent, différents de l’un à l’autre pour qu’ils ne puissent pas recouper.',
    'space.data.long.subjects': 'Toujours : ils ne doivent désigner personne d’autre.',
    'space.data.count.facts':
      '{count, plural, =0 {Aucune ligne de journal} one {# ligne de journal} other {# lignes de journal}}',
    'space.data.facts.more': 'Plus de {count} lignes de journal',
    'space.data.why.facts':
      'Ce qui s’est passé, écrit une fois et scellé pour que personne ne puisse le changer : sans nom ni adresse.',
    'space.data.long.facts': '{days} jours au plus ; ensuite il n’en reste qu’une empreinte.',
    'space.data.export': 'En recevoir une copie',
    'space.data.export.text':
      'Un seul fichier, que vous pouvez garder ou remettre à qui vous voulez. Gardez-le en lieu sûr : il dit beaucoup de vous. Nous vous demanderons de vous identifier de nouveau.',
    'space.data.export.go': 'Télécharger mes données',
    'space.data.erase': 'Tout effacer',
    'space.data.erase.text':
      'Vous pouvez nous demander d’oublier qui vous êtes. La page suivante dit ce qui disparaît et ce que la loi nous fait garder.',
    'space.data.erase.go': 'Effacer mes données',
    'space.erase.title': 'Effacer mes données',
    'space.erase.lead': 'On ne peut pas revenir en arrière. Lisez ce qui se passera.',
    'space.erase.refused': 'Ce n’est pas possible pour le moment.',
    'space.erase.refused.frozen':
      'Votre identité est gelée : rien n’y change tant qu’elle l’est, au cas où ce ne serait pas vous qui demandez. Dégelez-la d’abord.',
    'space.erase.refused.case_open':
      'Un signalement que vous avez fait est en cours d’examen. Ce qu’il faut pour le traiter serait effacé avec le reste ; attendez sa conclusion.',
    'space.erase.refused.professional_traces':
      'Vous avez utilisé des services en tant que professionnel. La loi veut qu’on puisse savoir qui a fait quoi aussi longtemps que ces traces sont gardées : {days} jours après la dernière connexion à un service.',
    'space.erase.goes': 'Ce qui disparaît',
    'space.erase.goes.identity':
      'Votre nom et le reste de votre identité : la clé qui les chiffre est détruite, personne ne peut plus les lire.',
    'space.erase.goes.accounts':
      'Le lien avec vos comptes. Ils ne sont pas fermés pour autant : c’est à eux de le faire.',
    'space.erase.goes.contacts':
      'Vos adresses, vos moyens d’identification, les copies des messages. Chaque adresse reçoit d’abord un dernier message qui l’annonce.',
    'space.erase.goes.sessions': 'Toutes vos sessions se ferment, et les services ouverts en sont avertis.',
    'space.erase.goes.services':
      'Ce que les services savent de vous reste chez eux : demandez-leur de l’effacer. Si vous revenez un jour, ils ne vous reconnaîtront pas.',
    'space.erase.stays': 'Ce qui reste, sans votre nom',
    'space.erase.stays.lines':
      'Les lignes de vos connexions, pendant {days} jours : la loi nous fait garder ces traces.',
    'space.erase.stays.facts':
      'Les lignes du journal scellé, pendant {days} jours au plus : les enlever empêcherait de prouver que le reste est vrai.',
    'space.erase.stays.subjects':
      'Les identifiants donnés aux services, pour qu’ils ne soient jamais donnés à quelqu’un d’autre.',
    'space.erase.continue': 'Continuer',
    'space.erase.keep': 'Ne rien effacer',
    'space.erase.confirm.title': 'Effacer vraiment ?',
    'space.erase.confirm.lead': 'Après ce bouton, nous ne saurons plus qui vous êtes. Personne ne pourra défaire cela.',
    'space.erase.confirm.legend': 'Pour confirmer',
    'space.erase.confirm.understood': 'Je comprends que rien ne pourra être récupéré.',
    'space.erase.confirm.fault': 'Cochez la case pour confirmer, ou gardez vos données.',
    'space.erase.confirm.go': 'Effacer définitivement',
    'space.erased.title': 'Vos données sont effacées',
    'space.erased':
      'Vos sessions sont fermées, et chacune de vos adresses reçoit un dernier message. Vous pouvez fermer cette page.',
    'space.erased.leave': 'Aller à l’accueil',
  },
  en: {
    'space.data.title': 'My data',
    'space.data.lead': 'All that we keep of you, what it is for, and for how long.',
    'space.data.hidden':
      'These data are not shown after today’s sign-in, because you have signed in more strongly before.',
    'space.data.identity': 'Your identity',
    'space.data.identity.why':
      'It serves to recognise you from one account to another, and to answer the services that may ask for it. It comes from your accounts; to correct it, turn to the one it comes from. Kept, encrypted, as long as you are.',
    'space.data.identity.none': 'None at present: it will be taken from your next sign-in.',
    'space.data.accounts': 'Your accounts',
    'space.data.accounts.why':
      'Those with which you have signed in here. Kept as long as you are: by them you are found again.',
    'space.data.accounts.count': '{count, plural, one {# account.} other {# accounts.}}',
    'space.data.rest': 'The rest',
    'space.data.count.contacts':
      '{count, plural, =0 {No contact address} one {# contact address} other {# contact addresses}}',
    'space.data.why.contacts': 'To warn you.',
    'space.data.long.contacts': 'Until you remove them, then 30 days, so that nobody can silence an alert.',
    'space.data.count.means':
      '{count, plural, =0 {No means of identification} one {# means of identification} other {# means of identification}}',
    'space.data.why.means': 'To sign in directly here. What is secret is encrypted or only kept as a digest.',
    'space.data.long.means': 'Until you remove them; the date stays.',
    'space.data.count.phones': '{count, plural, =0 {No paired phone} one {# paired phone} other {# paired phones}}',
    'space.data.why.phones':
      'To approve sign-ins with the app. No fingerprint and no image of a face ever leaves the phone.',
    'space.data.long.phones': 'Until they end, then as long as traces of security.',
    'space.data.count.trips': '{count, plural, =0 {No declared trip} one {# declared trip} other {# declared trips}}',
    'space.data.why.trips':
      'So that services which ask for more from abroad open where you are. They do not learn where.',
    'space.data.long.trips': 'A year after their last day.',
    'space.data.count.enrolments':
      '{count, plural, =0 {No check of identity} one {# check of identity} other {# checks of identity}}',
    'space.data.why.enrolments': 'To know how and when your identity was proved.',
    'space.data.long.enrolments': 'As long as your means of identification.',
    'space.data.count.sessions': '{count, plural, one {# open session} other {# open sessions}}',
    'space.data.why.sessions': 'So that you are not asked to sign in at each service.',
    'space.data.long.sessions': 'Until they end, then a day, so that services can be told.',
    'space.data.count.connections': '{count, plural, =0 {No connection} one {# connection} other {# connections}}',
    'space.data.why.connections':
      'So that you can control the use of your identity; the law also wants us to keep a trace of it. The network address in it is encrypted apart.',
    'space.data.long.connections': '{days} days.',
    'space.data.count.mandates': '{count, plural, =0 {No mandate} one {# mandate} other {# mandates}}',
    'space.data.why.mandates':
      'Mandates that you signed, drew up or received, with your signatures and what you did for others: each has it as evidence.',
    'space.data.long.mandates': '{days} days after their end.',
    'space.data.count.messages': '{count, plural, =0 {No message} one {# message} other {# messages}}',
    'space.data.why.messages': 'A copy of what we wrote to you, so that you recognise a true message.',
    'space.data.long.messages': '{days} days.',
    'space.data.count.reports': '{count, plural, =0 {No report} one {# report} other {# reports}}',
    'space.data.why.reports': 'What you reported to us as not being yours.',
    'space.data.long.reports': 'Until it is concluded, then as long as traces of security.',
    'space.data.count.subjects':
      '{count, plural, =0 {No identifier at services} one {# identifier at services} other {# identifiers at services}}',
    'space.data.why.subjects': 'By which services know you, different from one to another so that they cannot compare.',
    'space.data.long.subjects': 'For ever: they must not name anybody else.',
    'space.data.count.facts':
      '{count, plural, =0 {No line of the journal} one {# line of the journal} other {# lines of the journal}}',
    'space.data.facts.more': 'More than {count} lines of the journal',
    'space.data.why.facts':
      'What happened, written once and sealed so that nobody can change it: without a name or an address.',
    'space.data.long.facts': '{days} days at most; then only a digest is left.',
    'space.data.export': 'Get a copy of it',
    'space.data.export.text':
      'One file, which you may keep or give to whom you like. Keep it safe: it says much about you. We will ask you to sign in again.',
    'space.data.export.go': 'Download my data',
    'space.data.erase': 'Erase everything',
    'space.data.erase.text':
      'You may ask us to forget who you are. The next page says what goes and what the law makes us keep.',
    'space.data.erase.go': 'Erase my data',
    'space.erase.title': 'Erase my data',
    'space.erase.lead': 'There is no way back. Read what will happen.',
    'space.erase.refused': 'This is not possible at present.',
    'space.erase.refused.frozen':
      'Your identity is frozen: nothing of it changes while it is, in case it is not you who asks. Thaw it first.',
    'space.erase.refused.case_open':
      'A report that you made is being looked at. What is needed to handle it would be erased with the rest; wait for its conclusion.',
    'space.erase.refused.professional_traces':
      'You used services as a professional. The law wants it to be known who did what for as long as these traces are kept: {days} days after the last connection to a service.',
    'space.erase.goes': 'What goes',
    'space.erase.goes.identity':
      'Your name and the rest of your identity: the key that encrypts them is destroyed, nobody can read them any more.',
    'space.erase.goes.accounts': 'The tie to your accounts. They are not closed by it: that is for them to do.',
    'space.erase.goes.contacts':
      'Your addresses, your means of identification, the copies of messages. Each address first gets a last message that announces it.',
    'space.erase.goes.sessions': 'All your sessions close, and the services opened in them are told.',
    'space.erase.goes.services':
      'What services know of you stays with them: ask them to erase it. If you come back one day, they will not recognise you.',
    'space.erase.stays': 'What stays, without your name',
    'space.erase.stays.lines': 'The lines of your connections, for {days} days: the law makes us keep these traces.',
    'space.erase.stays.facts':
      'The lines of the sealed journal, for {days} days at most: without them nobody could prove that the rest is true.',
    'space.erase.stays.subjects': 'The identifiers given to services, so that they are never given to somebody else.',
    'space.erase.continue': 'Continue',
    'space.erase.keep': 'Erase nothing',
    'space.erase.confirm.title': 'Really erase?',
    'space.erase.confirm.lead':
      'After this button, we will not know who you are any more. Nobody will be able to undo it.',
    'space.erase.confirm.legend': 'To confirm',
    'space.erase.confirm.understood': 'I understand that nothing can be recovered.',
    'space.erase.confirm.fault': 'Tick the box to confirm, or keep your data.',
    'space.erase.confirm.go': 'Erase for good',
    'space.erased.title': 'Your data are erased',
    'space.erased':
      'Your sessions are closed, and each of your addresses gets a last message. You may close this page.',
    'space.erased.leave': 'Go to the first page',
  },
  ar: {
    'space.data.title': 'بياناتي',
    'space.data.lead': 'كل ما نحتفظ به عنك، وفيم يُستعمل، وكم من الوقت.',
    'space.data.hidden': 'لا تُعرض هذه البيانات بعد دخولك اليوم، لأنك سبق أن دخلت بطريقة أقوى.',
    'space.data.identity': 'هويتك',
    'space.data.identity.why':
      'تُستعمل للتعرف عليك من حساب إلى آخر، ولإجابة الخدمات التي يحق لها طلبها. مصدرها حساباتك؛ ولتصحيحها توجّه إلى الحساب الذي جاءت منه. تُحفظ مشفّرة ما دمت معنا.',
    'space.data.identity.none': 'لا شيء في الوقت الحالي: ستؤخذ من دخولك القادم.',
    'space.data.accounts': 'حساباتك',
    'space.data.accounts.why': 'الحسابات التي دخلت بها هنا. تُحفظ ما دمت معنا: بها نجدك من جديد.',
    'space.data.accounts.count': '{count, plural, one {حساب واحد.} two {حسابان.} few {# حسابات.} other {# حسابًا.}}',
    'space.data.rest': 'الباقي',
    'space.data.count.contacts':
      '{count, plural, =0 {لا عنوان اتصال} one {عنوان اتصال واحد} two {عنوانا اتصال} few {# عناوين اتصال} other {# عنوان اتصال}}',
    'space.data.why.contacts': 'لتنبيهك.',
    'space.data.long.contacts': 'إلى أن تزيلها، ثم 30 يومًا كي لا يستطيع أحد إسكات تنبيه.',
    'space.data.count.means':
      '{count, plural, =0 {لا وسيلة تعرّف} one {وسيلة تعرّف واحدة} two {وسيلتا تعرّف} few {# وسائل تعرّف} other {# وسيلة تعرّف}}',
    'space.data.why.means': 'للدخول هنا مباشرة. ما هو سري مشفّر أو لا يُحفظ منه إلا بصمة.',
    'space.data.long.means': 'إلى أن تزيلها؛ ويبقى التاريخ.',
    'space.data.count.phones':
      '{count, plural, =0 {لا هاتف مرتبط} one {هاتف مرتبط واحد} two {هاتفان مرتبطان} few {# هواتف مرتبطة} other {# هاتفًا مرتبطًا}}',
    'space.data.why.phones': 'للموافقة على تسجيل الدخول بالتطبيق. لا تغادر الهاتفَ بصمةُ إصبع ولا صورةُ وجه.',
    'space.data.long.phones': 'إلى نهايتها، ثم مدة آثار الأمان.',
    'space.data.count.trips':
      '{count, plural, =0 {لا سفر مُصرَّح به} one {سفر واحد مُصرَّح به} two {سفران مُصرَّح بهما} few {# أسفار مُصرَّح بها} other {# سفرًا مُصرَّحًا به}}',
    'space.data.why.trips': 'لتُفتح حيث أنت الخدمات التي تطلب أكثر من الخارج. وهي لا تعرف أين أنت.',
    'space.data.long.trips': 'سنة بعد يومها الأخير.',
    'space.data.count.enrolments':
      '{count, plural, =0 {لا تحقق من الهوية} one {تحقق واحد من الهوية} two {تحققان من الهوية} few {# تحققات من الهوية} other {# تحققًا من الهوية}}',
    'space.data.why.enrolments': 'لمعرفة كيف ومتى أُثبتت هويتك.',
    'space.data.long.enrolments': 'ما دامت وسائل تعرّفك.',
    'space.data.count.sessions':
      '{count, plural, one {جلسة مفتوحة واحدة} two {جلستان مفتوحتان} few {# جلسات مفتوحة} other {# جلسة مفتوحة}}',
    'space.data.why.sessions': 'كي لا يُطلب منك تسجيل الدخول عند كل خدمة.',
    'space.data.long.sessions': 'إلى نهايتها، ثم يومًا واحدًا لتُبلَّغ الخدمات.',
    'space.data.count.connections':
      '{count, plural, =0 {لا اتصالات} one {اتصال واحد} two {اتصالان} few {# اتصالات} other {# اتصالًا}}',
    'space.data.why.connections':
      'لتراقب استعمال هويتك؛ والقانون يطلب منا أيضًا أن نحتفظ بأثره. وعنوان الشبكة فيه مشفّر على حدة.',
    'space.data.long.connections': '{days} يومًا.',
    'space.data.count.mandates':
      '{count, plural, =0 {لا توكيلات} one {توكيل واحد} two {توكيلان} few {# توكيلات} other {# توكيلًا}}',
    'space.data.why.mandates':
      'التوكيلات التي وقّعتها أو حرّرتها أو تلقيتها، مع توقيعاتك وما فعلته باسم غيرك: فهي إثبات لكل طرف.',
    'space.data.long.mandates': '{days} يومًا بعد انتهائها.',
    'space.data.count.messages':
      '{count, plural, =0 {لا رسائل} one {رسالة واحدة} two {رسالتان} few {# رسائل} other {# رسالة}}',
    'space.data.why.messages': 'نسخة مما كتبناه إليك، لتعرف الرسالة الحقيقية.',
    'space.data.long.messages': '{days} يومًا.',
    'space.data.count.reports':
      '{count, plural, =0 {لا بلاغات} one {بلاغ واحد} two {بلاغان} few {# بلاغات} other {# بلاغًا}}',
    'space.data.why.reports': 'ما أبلغتنا أنه ليس منك.',
    'space.data.long.reports': 'إلى حسمه، ثم مدة آثار الأمان.',
    'space.data.count.subjects':
      '{count, plural, =0 {لا معرّف لدى الخدمات} one {معرّف واحد لدى الخدمات} two {معرّفان لدى الخدمات} few {# معرّفات لدى الخدمات} other {# معرّفًا لدى الخدمات}}',
    'space.data.why.subjects': 'بها تعرفك الخدمات، وهي مختلفة من خدمة إلى أخرى كي لا تقارن بينها.',
    'space.data.long.subjects': 'دائمًا: يجب ألا تدل على أحد غيرك.',
    'space.data.count.facts':
      '{count, plural, =0 {لا سطر في السجل المختوم} one {سطر واحد في السجل المختوم} two {سطران في السجل المختوم} few {# أسطر في السجل المختوم} other {# سطرًا في السجل المختوم}}',
    'space.data.facts.more': 'أكثر من {count} سطر في السجل المختوم',
    'space.data.why.facts': 'ما حدث، يُكتب مرة واحدة ويُختم كي لا يغيّره أحد: بلا اسم ولا عنوان.',
    'space.data.long.facts': '{days} يومًا على الأكثر؛ ثم لا تبقى منه إلا بصمة.',
    'space.data.export': 'الحصول على نسخة منها',
    'space.data.export.text':
      'ملف واحد تحتفظ به أو تعطيه لمن تشاء. احفظه في مكان آمن: فهو يقول عنك الكثير. سنطلب منك تسجيل الدخول من جديد.',
    'space.data.export.go': 'تنزيل بياناتي',
    'space.data.erase': 'محو كل شيء',
    'space.data.erase.text': 'لك أن تطلب منا أن ننسى من أنت. تقول الصفحة التالية ما يختفي وما يلزمنا القانون بحفظه.',
    'space.data.erase.go': 'محو بياناتي',
    'space.erase.title': 'محو بياناتي',
    'space.erase.lead': 'لا رجعة في ذلك. اقرأ ما سيحدث.',
    'space.erase.refused': 'هذا غير ممكن في الوقت الحالي.',
    'space.erase.refused.frozen':
      'هويتك مجمّدة: لا يتغير منها شيء ما دامت كذلك، فقد لا تكون أنت من يطلب. ارفع التجميد أولًا.',
    'space.erase.refused.case_open': 'بلاغ قدّمته قيد النظر. وما يلزم لمعالجته سيُمحى مع الباقي؛ انتظر حسمه.',
    'space.erase.refused.professional_traces':
      'استعملت خدمات بصفتك مهنيًا. ويريد القانون أن يُعرف من فعل ماذا ما دامت هذه الآثار محفوظة: {days} يومًا بعد آخر اتصال بخدمة.',
    'space.erase.goes': 'ما يختفي',
    'space.erase.goes.identity': 'اسمك وباقي هويتك: يُتلف المفتاح الذي يشفّرها فلا يستطيع أحد قراءتها.',
    'space.erase.goes.accounts': 'الصلة بحساباتك. وهي لا تُغلق بذلك: إغلاقها شأن أصحابها.',
    'space.erase.goes.contacts': 'عناوينك ووسائل تعرّفك ونسخ الرسائل. ويتلقى كل عنوان قبل ذلك رسالة أخيرة تعلن الأمر.',
    'space.erase.goes.sessions': 'تُغلق كل جلساتك، وتُبلَّغ الخدمات التي فُتحت فيها.',
    'space.erase.goes.services': 'ما تعرفه عنك الخدمات يبقى لديها: اطلب منها محوه. وإن عدت يومًا فلن تتعرف عليك.',
    'space.erase.stays': 'ما يبقى، بلا اسمك',
    'space.erase.stays.lines': 'أسطر اتصالاتك، مدة {days} يومًا: يلزمنا القانون بحفظ هذه الآثار.',
    'space.erase.stays.facts': 'أسطر السجل المختوم، مدة {days} يومًا على الأكثر: بدونها لا يثبت أحد أن الباقي صحيح.',
    'space.erase.stays.subjects': 'المعرّفات المعطاة للخدمات، كي لا تُعطى أبدًا لأحد غيرك.',
    'space.erase.continue': 'متابعة',
    'space.erase.keep': 'عدم محو أي شيء',
    'space.erase.confirm.title': 'هل تريد المحو حقًا؟',
    'space.erase.confirm.lead': 'بعد هذا الزر لن نعرف من أنت. ولن يستطيع أحد التراجع عن ذلك.',
    'space.erase.confirm.legend': 'للتأكيد',
    'space.erase.confirm.understood': 'أفهم أنه لا يمكن استرجاع أي شيء.',
    'space.erase.confirm.fault': 'ضع علامة في الخانة للتأكيد، أو احتفظ ببياناتك.',
    'space.erase.confirm.go': 'المحو نهائيًا',
    'space.erased.title': 'مُحيت بياناتك',
    'space.erased': 'أُغلقت جلساتك، ويتلقى كل عنوان من عناوينك رسالة أخيرة. لك أن تغلق هذه الصفحة.',
    'space.erased.leave': 'الذهاب إلى الصفحة الأولى',
  },
}
