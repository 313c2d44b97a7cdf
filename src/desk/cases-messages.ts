/** Sentences of the desk on stolen identities: the cases of a partner, its answers, its reports. */
import type { Messages } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import type { Measure } from '../policy/case-flow.ts'

type Row = readonly [fr: string, en: string, ar: string]

const measures: Record<Measure, Row> = {
  factors_reset: [
    'Mot de passe et facteurs réinitialisés',
    'Password and factors reset',
    'أُعيد ضبط كلمة المرور وعوامل التحقق',
  ],
  account_suspended: ['Compte suspendu', 'Account suspended', 'عُلّق الحساب'],
  account_blocked: ['Compte bloqué', 'Account blocked', 'حُظر الحساب'],
  identity_checked: [
    'Identité du titulaire vérifiée de nouveau',
    'Identity of the holder checked again',
    'أُعيد التحقق من هوية صاحب الحساب',
  ],
  checks_reinforced: ['Contrôles renforcés', 'Checks reinforced', 'شُدّدت الفحوص'],
  sessions_ended: ['Sessions terminées', 'Sessions ended', 'أُنهيت الجلسات'],
  operations_cancelled: ['Opérations annulées', 'Operations cancelled', 'أُلغيت العمليات'],
  authority_informed: ['Autorité ou police informée', 'Authority or police informed', 'أُبلغت السلطة أو الشرطة'],
  none_needed: ['Aucune mesure n’était nécessaire', 'No measure was needed', 'لم يلزم أي إجراء'],
}

const texts: Record<string, Row> = {
  'desk.place.cases': ['Dossiers', 'Cases', 'الملفات'],
  'own_cases.title': ['Usurpations signalées', 'Reported identity thefts', 'حالات انتحال مبلَّغ عنها'],
  'own_cases.lead': [
    'Des connexions à vos services ou par vos fournisseurs d’identité ont été signalées : quelqu’un s’est peut-être servi de l’identité d’un autre. Pour chacune, dites-nous ce que vous trouvez et ce que vous faites.',
    'Sign-ins to your services or by your identity providers were reported: somebody may have used the identity of another. For each, tell us what you find and what you do.',
    'أُبلغ عن عمليات دخول إلى خدماتكم أو عبر مزوّدي الهوية لديكم: ربما استعمل شخص هوية غيره. أخبرونا عن كل منها بما تجدون وبما تفعلون.',
  ],
  'own_cases.filter': ['Quels dossiers', 'Which cases', 'أي الملفات'],
  'own_cases.filter.waiting': ['À traiter', 'To be answered', 'بانتظار الجواب'],
  'own_cases.filter.answered': ['Répondus', 'Answered', 'أُجيب عنها'],
  'own_cases.filter.all': ['Tous', 'All', 'الكل'],
  'own_cases.none.waiting': [
    'Aucun dossier n’attend de réponse.',
    'No case waits for an answer.',
    'لا يوجد ملف ينتظر جوابًا.',
  ],
  'own_cases.none.answered': [
    'Aucun dossier n’a encore reçu de réponse.',
    'No case was answered yet.',
    'لم يُجب عن أي ملف بعد.',
  ],
  'own_cases.none.all': [
    'Aucun dossier ne vous concerne. Si une connexion à l’un de vos services ou par l’un de vos fournisseurs est signalée, vos contacts de sécurité recevront un courriel, et le dossier sera ici.',
    'No case concerns you. If a sign-in to one of your services or by one of your providers is reported, your security contacts get a mail, and the case will be here.',
    'لا يوجد ملف يخصكم. إذا أُبلغ عن دخول إلى إحدى خدماتكم أو عبر أحد مزوّديكم تلقّى مسؤولو الاتصال الأمني رسالة، ووُجد الملف هنا.',
  ],
  'own_cases.more': ['Suite de la liste', 'Rest of the list', 'بقية القائمة'],
  'own_cases.first': ['Début de la liste', 'Beginning of the list', 'بداية القائمة'],
  'own_cases.report': ['Signaler une usurpation', 'Report a theft', 'الإبلاغ عن انتحال'],
  'own_cases.moments': [
    '{count, plural, one {Connexion du {date}} other {# connexions, la première le {date}}}',
    '{count, plural, one {Sign-in of {date}} other {# sign-ins, the first on {date}}}',
    '{count, plural, one {دخول بتاريخ {date}} two {عمليتا دخول، أولاهما في {date}} few {# عمليات دخول، أولاها في {date}} many {# عملية دخول، أولاها في {date}} other {# عملية دخول، أولاها في {date}}}',
  ],
  'own_cases.state.waiting': ['Réponse attendue', 'Answer awaited', 'الجواب منتظر'],
  'own_cases.state.overdue': ['En retard', 'Overdue', 'متأخر'],
  'own_cases.state.confirmed': ['Vous avez confirmé', 'You confirmed it', 'أكدتم ذلك'],
  'own_cases.state.not_confirmed': ['Vous n’avez pas confirmé', 'You did not confirm it', 'لم تؤكدوا ذلك'],
  'own_cases.state.over': ['Sans réponse de votre part', 'Without your answer', 'دون جواب منكم'],
  'own_cases.state.started': ['Réponse commencée', 'Answer begun', 'بدأ الجواب'],
  'own_cases.due': ['Avant le {date} ({distance}).', 'Before {date} ({distance}).', 'قبل {date} ({distance}).'],
  'own_cases.overdue': [
    'La réponse était attendue avant le {date} ({distance}).',
    'The answer was due before {date} ({distance}).',
    'كان الجواب منتظرًا قبل {date} ({distance}).',
  ],
  'own_cases.answered': ['Répondu le {date}.', 'Answered on {date}.', 'أُجيب في {date}.'],
  'own_cases.verdict': ['Conclusion du dossier', 'Outcome of the case', 'نتيجة الملف'],
  'own_cases.verdict.confirmed': [
    'L’usurpation est confirmée : la personne n’a pas fait ces connexions.',
    'The theft is confirmed: the person did not make these sign-ins.',
    'الانتحال مؤكد: لم يقم الشخص بعمليات الدخول هذه.',
  ],
  'own_cases.verdict.confirmed.service': [
    'Il vous revient maintenant de protéger, de prévenir les personnes concernées et d’évaluer s’il faut le notifier à une autorité : voyez la liste plus bas.',
    'It is now yours to protect, to tell the people concerned and to assess whether an authority has to be notified: see the list below.',
    'يعود إليكم الآن أن تحموا وأن تخبروا الأشخاص المعنيين وأن تقيّموا هل يجب إبلاغ سلطة: انظروا القائمة أدناه.',
  ],
  'own_cases.verdict.confirmed.provider': [
    'Terminez ce qui reste dans la liste plus bas. Une réponse de plus est toujours reçue.',
    'Finish what is left in the list below. A further answer is always taken.',
    'أنهوا ما بقي في القائمة أدناه. ويُقبل دائمًا أي جواب إضافي.',
  ],
  'own_cases.verdict.not_confirmed': [
    'L’usurpation n’est pas confirmée. Levez ce que vous avez bloqué pour cette seule raison, avec précaution.',
    'The theft is not confirmed. Lift, with care, what you blocked for this reason alone.',
    'الانتحال غير مؤكد. ارفعوا بحذر ما حظرتموه لهذا السبب وحده.',
  ],
  'own_cases.closed': ['Le dossier est clos.', 'The case is closed.', 'أُغلق الملف.'],

  'own_case.title': ['Dossier {reference}', 'Case {reference}', 'الملف {reference}'],
  'own_case.back': ['Tous les dossiers', 'All cases', 'كل الملفات'],
  'own_case.reported': ['Ce qui est signalé', 'What is reported', 'ما المبلَّغ عنه'],
  'own_case.why.service': [
    'Quelqu’un s’est peut-être servi de l’identité d’une autre personne pour entrer dans « {name} ». Nous vous disons quand, et sous quel identifiant vous connaissez cette personne. Nous n’en savons pas plus sur ce qui a été fait chez vous : vous seuls pouvez le voir.',
    'Somebody may have used the identity of another person to enter “{name}”. We tell you when, and by which identifier you know that person. We know no more of what was done at yours: you alone can see it.',
    'ربما استعمل شخص هوية شخص آخر للدخول إلى «{name}». نخبركم متى حدث ذلك، وبأي معرّف تعرفون ذلك الشخص. لا نعرف أكثر من ذلك عما جرى لديكم: أنتم وحدكم ترونه.',
  ],
  'own_case.why.provider': [
    'Quelqu’un s’est peut-être servi d’un compte de « {name} » à la place de son titulaire. Nous vous disons quand, et sous quel identifiant vous connaissez ce compte. Où cette personne est allée ensuite n’est pas dit, comme toujours.',
    'Somebody may have used an account of “{name}” in the place of its holder. We tell you when, and by which identifier you know that account. Where that person went afterwards is not told, as ever.',
    'ربما استعمل شخص حسابًا لدى «{name}» مكان صاحبه. نخبركم متى حدث ذلك، وبأي معرّف تعرفون ذلك الحساب. أما وجهته بعد ذلك فلا تُذكر، كما هو الحال دائمًا.',
  ],
  'own_case.blind': [
    'Vous ne lisez ici que ce qui vous concerne. Les autres partenaires, s’il y en a, ne lisent rien de vous, et aucun ne connaît cette référence.',
    'You read here what concerns you alone. Other partners, if there are any, read nothing of you, and none knows this reference.',
    'لا تقرؤون هنا إلا ما يخصكم. ولا يقرأ الشركاء الآخرون، إن وُجدوا، شيئًا عنكم، ولا يعرف أي منهم هذا المرجع.',
  ],
  'own_case.object.service': ['Service', 'Service', 'الخدمة'],
  'own_case.object.provider': ['Fournisseur d’identité', 'Identity provider', 'مزوّد الهوية'],
  'own_case.subject': [
    'Identifiant que vous connaissez (sub)',
    'Identifier that you know (sub)',
    'المعرّف الذي تعرفونه (sub)',
  ],
  'own_case.subject.none': [
    'Effacé : la personne a quitté {hub}.',
    'Erased: the person left {hub}.',
    'مُحي: غادر الشخص {hub}.',
  ],
  'own_case.issuer': ['Émetteur (iss)', 'Issuer (iss)', 'الجهة المصدرة (iss)'],
  'own_case.txn': [
    'Dans vos événements de sécurité (txn)',
    'In your security events (txn)',
    'في أحداثكم الأمنية (txn)',
  ],
  'own_case.moments': ['Connexions en cause', 'Sign-ins in question', 'عمليات الدخول المعنية'],
  'own_case.notified': ['Vous avez été prévenus le', 'You were told on', 'أُبلغتم في'],
  'own_case.due': ['Réponse attendue avant le', 'Answer due before', 'الجواب منتظر قبل'],
  'own_case.after': [
    'Si rien n’arrive d’ici là, vos boîtes aux lettres et les opérateurs de {hub} en sont avertis, et le dossier peut être conclu sans vous. Une réponse tardive est encore reçue.',
    'If nothing arrives by then, your mailboxes and the operators of {hub} are told, and the case may be concluded without you. A late answer is still taken.',
    'إذا لم يصل شيء حتى ذلك الحين أُبلغت صناديق بريدكم ومشغّلو {hub}، وقد يُختم الملف من دونكم. ويُقبل الجواب المتأخر أيضًا.',
  ],
  'own_case.duties': ['Ce qui vous revient', 'What is yours to do', 'ما يعود إليكم'],
  'own_case.duty.protect': ['Le compte est protégé', 'The account is protected', 'الحساب محميّ'],
  'own_case.duty.identify': ['Les comptes sont retrouvés', 'The accounts are found', 'عُثر على الحسابات'],
  'own_case.duty.analyse': ['Ce qui a été fait est analysé', 'What was done is analysed', 'حُلّل ما جرى'],
  'own_case.duty.similar': [
    'Des cas semblables ont été cherchés',
    'Similar cases were looked for',
    'بُحث عن حالات مشابهة',
  ],
  'own_case.duty.inform': ['Les personnes sont prévenues', 'The people are told', 'أُخبر الأشخاص'],
  'own_case.duty.breach': [
    'La notification à une autorité est évaluée',
    'The notification of an authority is assessed',
    'قُيّم إبلاغ السلطة',
  ],
  'own_case.duty.feedback': [
    'Nous vous avons dit si c’est confirmé',
    'We have told you whether it is confirmed',
    'أخبرناكم هل هو مؤكد',
  ],
  'own_case.duty.done': ['Fait le {date}', 'Done on {date}', 'نُفّذ في {date}'],
  'own_case.duty.open': ['À faire', 'To be done', 'لم يُنفَّذ بعد'],
  'own_case.duties.later': [
    'Si l’usurpation est confirmée, protéger, prévenir les personnes et évaluer la notification s’ajouteront à cette liste.',
    'If the theft is confirmed, protecting, telling the people and assessing the notification will be added to this list.',
    'إذا تأكد الانتحال أُضيف إلى هذه القائمة أن تحموا وأن تخبروا الأشخاص وأن تقيّموا الإبلاغ.',
  ],
  'own_case.advice': ['Comment vous y prendre', 'How to go about it', 'كيف تتصرفون'],
  'own_case.advice.service.1': [
    'Cherchez le compte par cet identifiant exact, et les opérations faites depuis ces connexions.',
    'Look for the account by this exact identifier, and for the operations made since these sign-ins.',
    'ابحثوا عن الحساب بهذا المعرّف بالضبط، وعن العمليات المنفذة منذ عمليات الدخول هذه.',
  ],
  'own_case.advice.service.2': [
    'Retenez ce qui n’est pas encore parti : versement, envoi, changement d’adresse ou de compte bancaire.',
    'Hold back what has not left yet: a payment, a mailing, a change of address or of bank account.',
    'أوقفوا ما لم يُنفَّذ بعد: دفع أو إرسال أو تغيير عنوان أو حساب مصرفي.',
  ],
  'own_case.advice.service.3': [
    'Gardez vos journaux de ce moment : une plainte peut en avoir besoin.',
    'Keep your logs of that time: a complaint may need them.',
    'احتفظوا بسجلاتكم لتلك الفترة: قد تحتاج إليها شكوى.',
  ],
  'own_case.advice.provider.1': [
    'Protégez d’abord le compte ; le choix des mesures est le vôtre.',
    'Protect the account first; which measures you take is your choice.',
    'احموا الحساب أولًا؛ واختيار الإجراءات يعود إليكم.',
  ],
  'own_case.advice.provider.2': [
    'Écrivez au titulaire par un contact que vous connaissiez avant ces connexions : un contact changé depuis peut être celui du voleur.',
    'Write to the holder by a contact that you knew before these sign-ins: one that was changed since may be the thief’s.',
    'راسلوا صاحب الحساب عبر وسيلة اتصال كنتم تعرفونها قبل عمليات الدخول هذه: فما تغيّر منذ ذلك قد يكون للسارق.',
  ],
  'own_case.advice.provider.3': [
    'Cherchez d’autres comptes avec le même appareil, le même réseau ou le même contact.',
    'Look for other accounts with the same device, the same network or the same contact.',
    'ابحثوا عن حسابات أخرى بالجهاز نفسه أو الشبكة نفسها أو وسيلة الاتصال نفسها.',
  ],
  'own_case.advice.both': [
    'Ne nous envoyez aucun nom, aucune adresse, aucun mot de passe : la référence suffit.',
    'Send us no name, no address, no password: the reference is enough.',
    'لا ترسلوا إلينا أي اسم أو عنوان أو كلمة مرور: المرجع يكفي.',
  ],
  'own_case.suspend': [
    'Si beaucoup de comptes sont touchés, suspendez ce fournisseur',
    'If many accounts are affected, suspend this provider',
    'إذا تأثرت حسابات كثيرة فعلّقوا هذا المزوّد',
  ],
  'own_case.history': ['Vos réponses', 'Your answers', 'أجوبتكم'],
  'own_case.history.none': ['Rien n’a encore été répondu.', 'Nothing was answered yet.', 'لم يُجب بشيء بعد.'],
  'own_case.via.desk': ['par ces pages', 'by these pages', 'عبر هذه الصفحات'],
  'own_case.via.api': ['par un programme', 'by a program', 'عبر برنامج'],
  'own_case.via.signal': ['par un événement de sécurité', 'by a security event', 'عبر حدث أمني'],
  'own_case.late': [
    'Reçu après la conclusion, qui n’en est pas changée ; les opérateurs le lisent.',
    'It came after the outcome, which it does not change; the operators read it.',
    'وصل بعد النتيجة ولم يغيّرها؛ ويقرؤه المشغّلون.',
  ],
  'own_case.finding': ['Ce que vous avez trouvé', 'What you found', 'ما وجدتموه'],
  'own_case.finding.confirmed': [
    'Usurpation confirmée : quelqu’un d’autre que le titulaire',
    'Theft confirmed: somebody other than the holder',
    'الانتحال مؤكد: شخص غير صاحب الحساب',
  ],
  'own_case.finding.not_confirmed': [
    'Usurpation non confirmée : rien ne montre que c’était quelqu’un d’autre',
    'Theft not confirmed: nothing shows that it was somebody else',
    'الانتحال غير مؤكد: لا شيء يدل على أنه شخص آخر',
  ],
  'own_case.finding.later': ['Nous ne le savons pas encore', 'We do not know yet', 'لا نعرف بعد'],
  'own_case.finding.keep': ['Ne rien y changer', 'Leave it as it is', 'تركه كما هو'],
  'own_case.measures': ['Mesures prises', 'Measures taken', 'الإجراءات المتخذة'],
  'own_case.measures.text': ['Autre mesure', 'Another measure', 'إجراء آخر'],
  'own_case.analysis': ['Analyse', 'Analysis', 'التحليل'],
  'own_case.analysis.hint': [
    'Ce qui a été fait pendant ces connexions, et à quoi vous le voyez. Sans nom ni adresse.',
    'What was done during these sign-ins, and by what you see it. Without names or addresses.',
    'ما الذي جرى خلال عمليات الدخول هذه، وبماذا عرفتموه. دون أسماء أو عناوين.',
  ],
  'own_case.duties.done': ['Ce qui est fait', 'What is done', 'ما نُفّذ'],
  'own_case.breach': ['Violation de données personnelles', 'Breach of personal data', 'خرق للبيانات الشخصية'],
  'own_case.breach.text': [
    'Si c’est une violation de données, vous avez 72 heures pour la notifier à votre autorité (en France la CNIL, article 33 du RGPD), comptées depuis le moment où vous en avez eu connaissance. Nous gardons votre évaluation et ses raisons ; nous ne notifions rien à votre place.',
    'If this is a breach of data, you have 72 hours to notify your authority (in France the CNIL, article 33 of the GDPR), counted from the moment at which you became aware of it. We keep your assessment and its reasons; we notify nothing in your place.',
    'إذا كان هذا خرقًا للبيانات فلديكم 72 ساعة لإبلاغ سلطتكم (في فرنسا CNIL، المادة 33 من اللائحة العامة لحماية البيانات)، تُحسب من لحظة علمكم به. نحفظ تقييمكم وأسبابه، ولا نبلّغ شيئًا نيابة عنكم.',
  ],
  'own_case.breach.decision': ['Votre évaluation', 'Your assessment', 'تقييمكم'],
  'own_case.breach.none': ['Ne rien en dire maintenant', 'Say nothing about it now', 'عدم ذكر شيء عنه الآن'],
  'own_case.breach.undecided': ['Encore à l’étude', 'Still being assessed', 'قيد الدراسة'],
  'own_case.breach.not_needed': ['Rien à notifier', 'Nothing to notify', 'لا شيء يجب إبلاغه'],
  'own_case.breach.notify': [
    'À notifier, ou déjà notifiée',
    'To be notified, or notified already',
    'يجب الإبلاغ عنه، أو أُبلغ عنه',
  ],
  'own_case.breach.reason': ['Pourquoi', 'Why', 'السبب'],
  'own_case.breach.aware': [
    'Quand vous en avez eu connaissance (heure de {zone})',
    'When you became aware of it (time of {zone})',
    'متى علمتم به (بتوقيت {zone})',
  ],
  'own_case.breach.until': [
    'Vos 72 heures vont jusqu’au {date}.',
    'Your 72 hours last until {date}.',
    'تنتهي ساعاتكم الاثنتان والسبعون في {date}.',
  ],
  'own_case.answer': ['Répondre', 'Answer', 'الجواب'],
  'own_case.answer.text': [
    'En une fois ou en plusieurs : ce qui a été dit reste dit, et chaque réponse s’ajoute. Remplissez ce que vous savez aujourd’hui.',
    'At once or in parts: what was said stays said, and each answer is added. Fill in what you know today.',
    'دفعة واحدة أو على دفعات: ما قيل يبقى، ويُضاف كل جواب إلى ما قبله. املؤوا ما تعرفونه اليوم.',
  ],
  'own_case.answer.go': ['Envoyer cette réponse', 'Send this answer', 'إرسال هذا الجواب'],
  'own_case.done': [
    'Votre réponse est enregistrée. Vous pouvez la compléter à tout moment.',
    'Your answer is recorded. You can add to it at any time.',
    'سُجّل جوابكم. ويمكنكم إكماله في أي وقت.',
  ],
  'own_case.moved': [
    'Le dossier a changé depuis que vous avez ouvert la page',
    'The case changed since you opened the page',
    'تغيّر الملف منذ أن فتحتم الصفحة',
  ],
  'own_case.moved.text': [
    'Rien de ce que vous avez écrit n’est parti, et tout est encore dans le formulaire. Lisez d’abord ce qui est nouveau, puis envoyez ou corrigez.',
    'Nothing of what you wrote has left, and all of it is still in the form. Read first what is new, then send or mend.',
    'لم يُرسل شيء مما كتبتموه، وكله ما زال في الاستمارة. اقرؤوا أولًا ما هو جديد، ثم أرسلوا أو صحّحوا.',
  ],
  'own_case.moved.new': ['Ce qui est nouveau', 'What is new', 'ما الجديد'],
  'own_case.moved.other': [
    'L’état du dossier a changé : relisez le haut de la page.',
    'The state of the case changed: read the top of the page again.',
    'تغيّرت حالة الملف: أعيدوا قراءة أعلى الصفحة.',
  ],
  'own_case.wrong': ['La réponse n’est pas partie', 'The answer did not leave', 'لم يُرسل الجواب'],
  'own_case.wrong.empty': [
    'Elle ne dit rien encore : cochez ou écrivez au moins une chose.',
    'It says nothing yet: tick or write one thing at least.',
    'لا يقول شيئًا بعد: اختاروا أو اكتبوا شيئًا واحدًا على الأقل.',
  ],
  'own_case.wrong.too_long': [
    'Un texte est trop long : raccourcissez-le.',
    'A text is too long: make it shorter.',
    'أحد النصوص طويل جدًا: اختصروه.',
  ],
  'own_case.wrong.measure_unknown': [
    'Une mesure n’est pas dans la liste.',
    'A measure is not in the list.',
    'أحد الإجراءات ليس في القائمة.',
  ],
  'own_case.wrong.duty_unknown': [
    'Une tâche n’est pas dans la liste.',
    'A task is not in the list.',
    'إحدى المهام ليست في القائمة.',
  ],
  'own_case.wrong.breach_reason_missing': [
    'Dites pourquoi il y a, ou non, une violation à notifier.',
    'Say why there is, or is not, a breach to notify.',
    'اذكروا لماذا يوجد، أو لا يوجد، خرق يجب إبلاغه.',
  ],
  'own_case.wrong.aware_at': [
    'Le moment où vous en avez eu connaissance ne peut pas être à venir.',
    'The moment at which you became aware cannot lie ahead.',
    'لا يمكن أن تكون لحظة علمكم في المستقبل.',
  ],
  'own_case.wrong.aware_unread': [
    'La date ou l’heure ne se lit pas.',
    'The date or the time cannot be read.',
    'التاريخ أو الساعة غير مقروءين.',
  ],

  'own_report.lead': [
    'Vous voyez que quelqu’un se sert de l’identité d’un autre : dites-le-nous. Nous retrouverons les connexions, et préviendrons qui doit l’être. Si vous pouvez protéger le compte tout de suite, faites-le sans attendre notre réponse.',
    'You see that somebody uses the identity of another: tell us. We will find the sign-ins, and tell whoever has to know. If you can protect the account at once, do it without waiting for our answer.',
    'ترون أن شخصًا يستعمل هوية غيره: أخبرونا. سنجد عمليات الدخول ونُبلغ من يجب إبلاغه. وإن أمكنكم حماية الحساب فورًا فافعلوا دون انتظار جوابنا.',
  ],
  'own_report.done': ['C’est reçu. Référence :', 'Received. Reference:', 'وصل البلاغ. المرجع:'],
  'own_report.done.text': [
    'La réponse est la même que nous trouvions quelque chose ou non. Si le dossier vous concerne, il paraîtra parmi vos dossiers avec cette référence.',
    'The answer is the same whether we find something or not. If the case concerns you, it will appear among your cases with this reference.',
    'الجواب هو نفسه سواء وجدنا شيئًا أم لم نجد. وإذا كان الملف يخصكم فسيظهر بين ملفاتكم بهذا المرجع.',
  ],
  'own_report.of': ['Service ou fournisseur', 'Service or provider', 'الخدمة أو المزوّد'],
  'own_report.nothing': [
    'Il faut un service ou un fournisseur publié.',
    'A service or a provider has to be published.',
    'يجب أن تكون هناك خدمة منشورة أو مزوّد منشور.',
  ],
  'own_report.subject': ['Identifiant de la personne (sub)', 'Identifier of the person (sub)', 'معرّف الشخص (sub)'],
  'own_report.subject.hint': [
    'Celui que {hub} vous donne, ou, chez un fournisseur, celui que vous lui donnez.',
    'The one that {hub} gives you, or, at a provider, the one that you give it.',
    'المعرّف الذي يعطيكم إياه {hub}، أو لدى المزوّد المعرّف الذي تعطونه إياه.',
  ],
  'own_report.code': [
    'Ou code d’une connexion, si la personne en a un',
    'Or the code of a sign-in, if the person has one',
    'أو رمز عملية دخول إن كان لدى الشخص رمز',
  ],
  'own_report.from': ['Depuis (heure de {zone})', 'From (time of {zone})', 'من (بتوقيت {zone})'],
  'own_report.until': ['Jusqu’à', 'Until', 'إلى'],
  'own_report.period.hint': ['Si vous le savez.', 'If you know it.', 'إن كنتم تعرفونه.'],
  'own_report.words': ['Ce que vous voyez', 'What you see', 'ما الذي ترونه'],
  'own_report.words.hint': [
    'Sans nom, adresse ni mot de passe.',
    'Without names, addresses or passwords.',
    'دون أسماء أو عناوين أو كلمات مرور.',
  ],
  'own_report.go': ['Envoyer le signalement', 'Send the report', 'إرسال البلاغ'],
  'own_report.wrong': ['Le signalement n’est pas parti', 'The report did not leave', 'لم يُرسل البلاغ'],
  'own_report.wrong.who': [
    'Donnez l’identifiant de la personne, ou le code d’une connexion.',
    'Give the identifier of the person, or the code of a sign-in.',
    'أدخلوا معرّف الشخص أو رمز عملية دخول.',
  ],
  'own_report.wrong.code': [
    'Ce code est mal recopié : douze signes en trois groupes, comme K7QX-2M4P-9TRC.',
    'This code is mistyped: twelve signs in three groups, such as K7QX-2M4P-9TRC.',
    'هذا الرمز منقول خطأً: يتكوّن من اثنتي عشرة علامة في ثلاث مجموعات.',
  ],
  'own_report.wrong.of': [
    'Choisissez l’un de vos services ou fournisseurs.',
    'Choose one of your services or providers.',
    'اختاروا إحدى خدماتكم أو أحد مزوّديكم.',
  ],
  'own_report.wrong.from': ['Le début ne se lit pas.', 'The beginning cannot be read.', 'البداية غير مقروءة.'],
  'own_report.wrong.until': [
    'La fin ne se lit pas, ou vient avant le début.',
    'The end cannot be read, or comes before the beginning.',
    'النهاية غير مقروءة أو تسبق البداية.',
  ],
  'own_report.wrong.words': [
    'Trop long : {most} caractères au plus.',
    'Too long: {most} characters at most.',
    'طويل جدًا: {most} حرفًا على الأكثر.',
  ],
  'own_report.all': ['Vos signalements', 'Your reports', 'بلاغاتكم'],
  'own_report.none': ['Vous n’avez encore rien signalé.', 'You have reported nothing yet.', 'لم تُبلغوا عن شيء بعد.'],
  'own_report.case': ['Ouvrir le dossier', 'Open the case', 'فتح الملف'],

  'desk.home.cases': [
    '{count, plural, one {# usurpation signalée attend votre réponse.} other {# usurpations signalées attendent votre réponse.}}',
    '{count, plural, one {# reported theft waits for your answer.} other {# reported thefts wait for your answer.}}',
    '{count, plural, one {حالة انتحال واحدة مبلَّغ عنها تنتظر جوابكم.} two {حالتا انتحال مبلَّغ عنهما تنتظران جوابكم.} few {# حالات انتحال مبلَّغ عنها تنتظر جوابكم.} many {# حالة انتحال مبلَّغ عنها تنتظر جوابكم.} other {# حالة انتحال مبلَّغ عنها تنتظر جوابكم.}}',
  ],
  'desk.home.cases.next': ['La plus pressée', 'The most urgent', 'أكثرها إلحاحًا'],
}

const all: Record<string, Row> = {
  ...texts,
  ...Object.fromEntries(Object.entries(measures).map(([measure, row]) => [`own_case.measure.${measure}`, row])),
}

export const ownCasesMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(all).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
