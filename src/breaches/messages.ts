/**
 * Words about breaches: those of the register that pages and files share, of what is drawn up for an authority, of letters
 * to officers, and of the public pages on incidents.
 */
import type { Messages } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'

const texts: Record<string, readonly [fr: string, en: string, ar: string]> = {
  'breach.colon': [' :', ':', ':'],
  'breach.distance': [
    '{days, plural, =0 {} one {# jour, } other {# jours, }}{hours} h {minutes} min',
    '{days, plural, =0 {} one {# day, } other {# days, }}{hours} h {minutes} min',
    '{days, plural, =0 {} one {يوم واحد و} two {يومان و} few {# أيام و} many {# يومًا و} other {# يوم و}}{hours} س {minutes} د',
  ],

  // ── What is known of a breach ─────────────────────────────────────────────────────────────────────────────────────
  'breach.field.natures': ['Nature de la violation', 'Nature of the breach', 'طبيعة الخرق'],
  'breach.field.what': ['Ce qui s’est passé', 'What happened', 'ما الذي حدث'],
  'breach.field.happened': ['Date des faits', 'When it happened', 'تاريخ الوقائع'],
  'breach.field.people_kinds': ['Personnes concernées', 'Whom it concerns', 'الأشخاص المعنيون'],
  'breach.field.people': ['Nombre de personnes', 'How many people', 'عدد الأشخاص'],
  'breach.field.data_kinds': ['Données concernées', 'Which data', 'المعطيات المعنية'],
  'breach.field.records': ['Nombre d’enregistrements', 'How many records', 'عدد السجلات'],
  'breach.field.contact': ['Point de contact', 'Contact point', 'نقطة الاتصال'],
  'breach.field.consequences': ['Conséquences probables', 'Likely consequences', 'العواقب المحتملة'],
  'breach.field.measures': ['Mesures prises ou prévues', 'Measures taken or planned', 'التدابير المتخذة أو المقررة'],
  'breach.field.decision': ['Décision', 'Decision', 'القرار'],
  'breach.field.risk': ['Risque pour les personnes', 'Risk for people', 'الخطر على الأشخاص'],
  'breach.field.reason': ['Raisons', 'Reasons', 'الأسباب'],
  'breach.field.telling': ['Information des personnes', 'Telling people', 'إخبار الأشخاص'],
  'breach.field.telling_reason': ['Pourquoi', 'Why', 'لماذا'],
  'breach.nature.confidentiality': [
    'confidentialité (données vues ou prises)',
    'confidentiality (data seen or taken)',
    'السرية (معطيات اطُّلع عليها أو أُخذت)',
  ],
  'breach.nature.integrity': ['intégrité (données modifiées)', 'integrity (data altered)', 'السلامة (معطيات عُدّلت)'],
  'breach.nature.availability': [
    'disponibilité (données perdues ou hors d’atteinte)',
    'availability (data lost or out of reach)',
    'التوفر (معطيات فُقدت أو تعذّر الوصول إليها)',
  ],
  'breach.people.citizens': ['usagers', 'members of the public', 'المرتفقون'],
  'breach.people.professionals': ['professionnels', 'professionals', 'المهنيون'],
  'breach.people.minors': ['mineurs', 'minors', 'القاصرون'],
  'breach.people.staff': ['agents et partenaires', 'staff and partners', 'الموظفون والشركاء'],
  'breach.data.identity': ['identité (noms, naissance)', 'identity (names, birth)', 'الهوية (الأسماء والولادة)'],
  'breach.data.contacts': ['coordonnées', 'contact details', 'بيانات الاتصال'],
  'breach.data.connections': ['historique des connexions', 'history of connections', 'سجل عمليات الدخول'],
  'breach.data.credentials': [
    'moyens d’identification (mots de passe, clés)',
    'means of sign-in (passwords, keys)',
    'وسائل الدخول (كلمات المرور والمفاتيح)',
  ],
  'breach.data.professional': ['données professionnelles', 'professional data', 'المعطيات المهنية'],
  'breach.data.documents': ['pièces justificatives', 'supporting documents', 'الوثائق الثبوتية'],
  'breach.data.special': [
    'données sensibles (santé, opinions…)',
    'special categories (health, opinions…)',
    'معطيات حساسة (الصحة والآراء…)',
  ],
  'breach.risk.unlikely': ['improbable', 'unlikely', 'غير مرجّح'],
  'breach.risk.risk': ['il y a un risque', 'there is a risk', 'يوجد خطر'],
  'breach.risk.high': ['risque élevé', 'high risk', 'خطر مرتفع'],
  'breach.decision.notify': ['L’autorité est avertie', 'The authority is notified', 'تُخطر السلطة'],
  'breach.decision.not_needed': [
    'Aucune notification n’est nécessaire',
    'No notification is needed',
    'لا حاجة إلى إخطار',
  ],
  'breach.telling.tell': ['Les personnes sont prévenues', 'People are told', 'يُخبر الأشخاص'],
  'breach.telling.no_high_risk': [
    'Pas nécessaire : le risque n’est pas élevé',
    'Not needed: the risk is not high',
    'غير لازم: الخطر ليس مرتفعًا',
  ],
  'breach.telling.unintelligible': [
    'Pas nécessaire : les données sont illisibles pour d’autres',
    'Not needed: nobody else can read the data',
    'غير لازم: لا يستطيع غيرنا قراءة المعطيات',
  ],
  'breach.telling.risk_gone': [
    'Pas nécessaire : des mesures ont écarté le risque élevé',
    'Not needed: measures have removed the high risk',
    'غير لازم: أزالت التدابير الخطر المرتفع',
  ],
  'breach.telling.disproportionate': [
    'Par une annonce publique : prévenir chacun serait disproportionné',
    'By a public statement: telling each would be disproportionate',
    'بإعلان عام: إخبار كل شخص على حدة غير متناسب',
  ],

  // ── What is drawn up for an authority ─────────────────────────────────────────────────────────────────────────────
  'breach.file.title.first': [
    'Notification d’une violation de données à caractère personnel',
    'Notification of a personal data breach',
    'إخطار بخرق معطيات ذات طابع شخصي',
  ],
  'breach.file.title.next': [
    'Notification complémentaire n° {number}',
    'Further notification no. {number}',
    'إخطار تكميلي رقم {number}',
  ],
  'breach.file.basis.gdpr': [
    '{authority} · règlement (UE) 2016/679, article 33',
    '{authority} · Regulation (EU) 2016/679, article 33',
    '{authority} · اللائحة (الاتحاد الأوروبي) 2016/679، المادة 33',
  ],
  'breach.file.basis.cndp': [
    '{authority} · loi 09-08 ; le délai de 72 heures est une règle que nous nous donnons',
    '{authority} · law 09-08; the 72 hours are a rule of our own',
    '{authority} · القانون 09-08؛ مهلة 72 ساعة قاعدة نلتزم بها من تلقاء أنفسنا',
  ],
  'breach.file.basis.dgssi': [
    '{authority} · loi 05-20, déclaration d’incident',
    '{authority} · law 05-20, declaration of an incident',
    '{authority} · القانون 05-20، التصريح بحادث',
  ],
  'breach.file.who': ['Qui notifie', 'Who notifies', 'الجهة المُخطِرة'],
  'breach.file.to': ['Autorité', 'Authority', 'السلطة'],
  'breach.file.controller': ['Responsable du traitement', 'Controller', 'المسؤول عن المعالجة'],
  'breach.file.contact': ['b) Point de contact', '(b) Contact point', 'ب) نقطة الاتصال'],
  'breach.file.reference': ['Référence dans notre registre', 'Reference in our register', 'المرجع في سجلنا'],
  'breach.file.when': ['Dates', 'Dates', 'التواريخ'],
  'breach.file.happened': ['Date des faits', 'When it happened', 'تاريخ الوقائع'],
  'breach.file.since': ['depuis le {date}', 'since {date}', 'منذ {date}'],
  'breach.file.span': ['du {from} au {until}', 'from {from} to {until}', 'من {from} إلى {until}'],
  'breach.file.aware': ['Prise de connaissance', 'Became aware', 'تاريخ العلم بالخرق'],
  'breach.file.due': ['Notification due avant', 'Notification due by', 'آخر أجل للإخطار'],
  'breach.file.due.at_once': ['sans délai', 'without delay', 'دون تأخير'],
  'breach.file.drawn_up': ['Document établi le', 'Drawn up on', 'تاريخ إعداد الوثيقة'],
  'breach.file.late_reason': ['Motifs du retard', 'Reasons for the delay', 'أسباب التأخير'],
  'breach.file.nature': ['a) Nature de la violation', '(a) Nature of the breach', 'أ) طبيعة الخرق'],
  'breach.file.consequences': ['c) Conséquences probables', '(c) Likely consequences', 'ج) العواقب المحتملة'],
  'breach.file.measures': [
    'd) Mesures, risque et information des personnes',
    '(d) Measures, risk, telling people',
    'د) التدابير والخطر وإخبار الأشخاص',
  ],
  'breach.file.before': ['Notifications précédentes', 'Notifications before this one', 'الإخطارات السابقة'],
  'breach.file.number': ['N° {number}', 'No. {number}', 'رقم {number}'],
  'breach.file.sent': ['{date}, référence {reference}', '{date}, reference {reference}', '{date}، المرجع {reference}'],
  'breach.file.about': ['environ {count}', 'about {count}', 'نحو {count}'],
  'breach.file.people_told': ['prévenues le {date} : {how}', 'told on {date}: {how}', 'أُخبروا في {date}: {how}'],
  'breach.file.missing': ['à compléter', 'to be completed', 'يُستكمل لاحقًا'],
  'breach.file.new': ['nouveau', 'new', 'جديد'],
  'breach.file.in_phases': [
    '{count, plural, one {# point reste à compléter : il sera communiqué dès que possible.} other {# points restent à compléter : ils seront communiqués dès que possible.}}',
    '{count, plural, one {# point is still open: it will be told as soon as it is known.} other {# points are still open: they will be told as soon as they are known.}}',
    '{count, plural, one {بقيت نقطة واحدة للاستكمال، وستُبلَّغ في أقرب وقت.} two {بقيت نقطتان للاستكمال، وستُبلَّغان في أقرب وقت.} few {بقيت # نقاط للاستكمال، وستُبلَّغ في أقرب وقت.} other {بقيت # نقطة للاستكمال، وستُبلَّغ في أقرب وقت.}}',
  ],

  // ── Letters to officers ───────────────────────────────────────────────────────────────────────────────────────────
  'breach.letter.opened.subject': [
    '{hub} : une violation de données est à évaluer',
    '{hub}: a data breach is to be assessed',
    '{hub}: خرق معطيات ينتظر التقييم',
  ],
  'breach.letter.opened.text': [
    'Une entrée a été ouverte au registre des violations. Décidez s’il faut avertir l’autorité, et prévenir les personnes.',
    'An entry was opened in the register of breaches. Decide whether the authority has to be notified, and people told.',
    'فُتح قيد في سجل الخروقات. قرّر هل يجب إخطار السلطة وإخبار الأشخاص.',
  ],
  'breach.letter.48.subject': [
    '{hub} : il reste moins de 48 heures pour notifier',
    '{hub}: less than 48 hours are left to notify',
    '{hub}: بقي أقل من 48 ساعة للإخطار',
  ],
  'breach.letter.48.text': [
    'Une violation n’est pas encore notifiée, et rien n’a dit qu’elle n’a pas à l’être.',
    'A breach is not notified yet, and nobody decided that it need not be.',
    'هناك خرق لم يُخطَر به بعد، ولم يُقرَّر أن الإخطار غير لازم.',
  ],
  'breach.letter.24.subject': [
    '{hub} : il reste moins de 24 heures pour notifier',
    '{hub}: less than 24 hours are left to notify',
    '{hub}: بقي أقل من 24 ساعة للإخطار',
  ],
  'breach.letter.24.text': [
    'Une violation n’est toujours pas notifiée. Il est permis de notifier ce que l’on sait déjà, et de compléter ensuite.',
    'A breach is still not notified. You may notify what is known, and complete it later.',
    'ما زال هناك خرق لم يُخطَر به. يجوز الإخطار بما هو معروف ثم استكماله لاحقًا.',
  ],
  'breach.letter.6.subject': [
    '{hub} : il reste moins de 6 heures pour notifier',
    '{hub}: less than 6 hours are left to notify',
    '{hub}: بقي أقل من 6 ساعات للإخطار',
  ],
  'breach.letter.6.text': [
    'Notifiez maintenant ce qui est connu. Le dossier prêt à envoyer se trouve sur la page de l’entrée.',
    'Notify now what is known. What to send is ready on the page of the entry.',
    'أخطر الآن بما هو معروف. الملف الجاهز للإرسال في صفحة القيد.',
  ],
  'breach.letter.0.subject': [
    '{hub} : le délai de notification est dépassé',
    '{hub}: the deadline for notifying has passed',
    '{hub}: انقضت مهلة الإخطار',
  ],
  'breach.letter.0.text': [
    'La notification doit partir sans attendre, avec les motifs du retard.',
    'The notification has to leave at once, with the reasons for the delay.',
    'يجب إرسال الإخطار فورًا مع ذكر أسباب التأخير.',
  ],
  'breach.letter.revised.subject': [
    '{hub} : le dossier d’une violation est réexaminé',
    '{hub}: the case behind a breach is looked at again',
    '{hub}: أُعيد النظر في ملف أحد الخروقات',
  ],
  'breach.letter.revised.text': [
    'La conclusion du dossier d’usurpation a été reprise. Le délai, lui, court toujours.',
    'The verdict of the case of identity theft was taken back. The deadline goes on.',
    'سُحبت خلاصة ملف انتحال الهوية. أما المهلة فما زالت سارية.',
  ],
  'breach.letter.not_confirmed.subject': [
    '{hub} : le dossier d’une violation n’est plus confirmé',
    '{hub}: the case behind a breach is confirmed no more',
    '{hub}: لم يعد ملف أحد الخروقات مؤكدًا',
  ],
  'breach.letter.not_confirmed.text': [
    'Le dossier d’usurpation est conclu sans confirmation. Voyez si l’entrée peut être close.',
    'The case of identity theft was concluded without being confirmed. See whether the entry can be closed.',
    'انتهى ملف انتحال الهوية دون تأكيد. انظر هل يمكن إغلاق القيد.',
  ],
  'breach.letter.confirmed.subject': [
    '{hub} : le dossier d’une violation est confirmé de nouveau',
    '{hub}: the case behind a breach is confirmed again',
    '{hub}: تأكّد من جديد ملف أحد الخروقات',
  ],
  'breach.letter.confirmed.text': [
    'Le dossier d’usurpation est de nouveau confirmé. Si l’entrée était close, elle est rouverte.',
    'The case of identity theft is confirmed again. If the entry was closed, it is open again.',
    'تأكّد ملف انتحال الهوية من جديد. إن كان القيد مغلقًا فقد أُعيد فتحه.',
  ],
  'breach.letter.text': [
    'Bonjour {name},\n\n{event}\n\nEntrée : {reference}\n\n{deadlines}\n\nOuvrez la console comme d’habitude, à la page « Violations de données ». Ce message ne contient aucun lien, et ne dit rien des faits.',
    'Hello {name},\n\n{event}\n\nEntry: {reference}\n\n{deadlines}\n\nOpen the console as you usually do, at the page “Data breaches”. This message contains no link, and nothing of what happened.',
    'مرحبًا {name}،\n\n{event}\n\nالقيد: {reference}\n\n{deadlines}\n\nافتح لوحة التحكم كعادتك، في صفحة «خروقات المعطيات». لا تحتوي هذه الرسالة على أي رابط ولا تذكر شيئًا مما حدث.',
  ],
  'breach.letter.no_deadline': ['Aucun délai ne court.', 'No deadline is running.', 'لا توجد مهلة سارية.'],
  'breach.letter.deadline': [
    '{authority} : avant le {date} (il reste {left}).',
    '{authority}: by {date} ({left} left).',
    '{authority}: قبل {date} (بقي {left}).',
  ],
  'breach.letter.deadline.passed': [
    '{authority} : c’était dû le {date} (dépassé de {left}).',
    '{authority}: was due by {date} ({left} ago).',
    '{authority}: كان الأجل {date} (انقضى منذ {left}).',
  ],
  'breach.letter.deadline.at_once': [
    '{authority} : sans délai.',
    '{authority}: without delay.',
    '{authority}: دون تأخير.',
  ],
  'breach.letter.here': [
    'À l’heure d’ici, le premier délai finit le {date}.',
    'By the clocks here, the first deadline ends on {date}.',
    'بتوقيتنا هنا، ينتهي أول أجل في {date}.',
  ],

  // ── The public pages ──────────────────────────────────────────────────────────────────────────────────────────────
  'statement.all': ['Ce qui s’est passé chez nous', 'What happened on our side', 'ما حدث عندنا'],
  'statement.all.lead': [
    'Quand un incident de notre fait a pu vous toucher, nous disons ici ce qui s’est passé, qui est concerné et ce qui a été fait.',
    'When an incident on our side may have touched you, we say here what happened, whom it concerns and what was done.',
    'عندما يقع عندنا حادث ربما مسّك، نقول هنا ما حدث ومن يعنيه وما الذي فُعل.',
  ],
  'statement.none': [
    'Nous n’avons aucun incident à vous signaler.',
    'There is no incident to tell you of.',
    'لا يوجد حادث نخبرك به.',
  ],
  'statement.happened': ['Quand', 'When', 'متى'],
  'statement.since': ['Depuis le {date}', 'Since {date}', 'منذ {date}'],
  'statement.fixed': ['Corrigé le', 'Mended on', 'أُصلح في'],
  'statement.not_fixed': [
    'Ce n’est pas encore corrigé. Nous le dirons ici.',
    'It is not mended yet. We will say so here.',
    'لم يُصلح بعد. سنخبرك هنا.',
  ],
  'statement.published': ['Publié le', 'Published on', 'نُشر في'],
  'statement.corrected': ['Dernière correction', 'Last correction', 'آخر تصحيح'],
  'statement.mark.fixed': ['Corrigé', 'Mended', 'أُصلح'],
  'statement.mark.open': ['Pas encore corrigé', 'Not mended yet', 'لم يُصلح بعد'],
  'statement.what': ['Ce qui s’est passé', 'What happened', 'ما الذي حدث'],
  'statement.who': ['Qui est concerné', 'Whom it concerns', 'من يعنيه ذلك'],
  'statement.done': ['Ce que nous avons fait', 'What we did', 'ما الذي فعلناه'],
  'statement.advice': ['Ce que vous pouvez faire', 'What you can do', 'ما الذي يمكنك فعله'],
  'statement.contact': ['Une question ?', 'Any questions?', 'هل لديك سؤال؟'],
  'statement.contact.text': ['Écrivez-nous, ou appelez-nous :', 'Write to us, or call us:', 'اكتب إلينا أو اتصل بنا:'],
  'statement.contact.help': ['Écrire à l’aide', 'Write to those who help', 'اكتب إلى فريق المساعدة'],
  'statement.corrections': ['Corrections de cette page', 'Corrections of this page', 'تصحيحات هذه الصفحة'],
  'statement.corrections.text': [
    'Nous ne changeons rien ici sans le dire.',
    'Nothing is changed here without a word.',
    'لا نغيّر شيئًا هنا دون أن نقول ذلك.',
  ],
  'statement.zone': [
    'Les heures sont celles du fuseau {zone}.',
    'Times are those of the zone {zone}.',
    'الأوقات بتوقيت {zone}.',
  ],
  'statement.withdrawn': ['Cette page a été retirée', 'This page was withdrawn', 'سُحبت هذه الصفحة'],
  'statement.withdrawn.text': [
    'Ce qui s’y trouvait n’aurait pas dû être publié.',
    'What stood here should not have been published.',
    'ما كان هنا ما كان ينبغي أن يُنشر.',
  ],
  'statement.back': ['Tous les incidents', 'All incidents', 'جميع الحوادث'],
  'statement.status': ['Pannes et interruptions', 'Outages and interruptions', 'الأعطال والانقطاعات'],
}

export const breachMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(texts).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
