/** The words of the operators’ pages about detection: what each rule looks for, what it said, how it is tuned. */
import type { Messages } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'

const yes = [
  '{VALUE, plural, =1 {oui} other {non}}',
  '{VALUE, plural, =1 {yes} other {no}}',
  '{VALUE, plural, =1 {نعم} other {لا}}',
]
const isIt = (value: string, language: number) => (yes[language] as string).replace('VALUE', value)

const texts: Record<string, readonly [fr: string, en: string, ar: string]> = {
  'console.may.detection': ['Voir la détection', 'See detection', 'الاطلاع على الكشف الآلي'],
  'console.may.detection.text': [
    'Les règles qui signalent une identité peut-être usurpée, leur justesse, ce qu’elles ont trouvé.',
    'The rules that point to an identity somebody else may use, how often they are right, what they found.',
    'القواعد التي تنبه إلى هوية ربما يستعملها شخص آخر، ومدى صوابها، وما عثرت عليه.',
  ],
  'console.may.detection_tune': ['Régler la détection', 'Tune detection', 'ضبط الكشف الآلي'],
  'console.may.detection_tune.text': [
    'Changer les seuils d’une règle, la mettre en observation ou l’arrêter.',
    'Change the thresholds of a rule, let it only watch, or stop it.',
    'تغيير عتبات قاعدة، أو وضعها تحت المراقبة فقط، أو إيقافها.',
  ],

  // ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────
  'detection.title': ['Détection', 'Detection', 'الكشف الآلي'],
  'detection.lead': [
    'Toutes les cinq minutes, ces règles regardent les connexions récentes. Ce qu’elles trouvent est un soupçon : il n’arrête personne, et quelqu’un de l’équipe l’examine.',
    'Every five minutes these rules look at the recent connections. What they find is a suspicion: it stops nobody, and somebody of the team looks at it.',
    'كل خمس دقائق تنظر هذه القواعد في الاتصالات الأخيرة. ما تعثر عليه مجرد اشتباه: لا يوقف أحدًا، ويفحصه أحد أعضاء الفريق.',
  ],
  'detection.surges': [
    'Échecs inhabituels chez un fournisseur',
    'Unusual failures at a provider',
    'إخفاقات غير معتادة لدى مزود',
  ],
  'detection.surges.text': [
    'Ces dernières 24 heures, bien plus de connexions que d’habitude ont échoué. Quelqu’un essaie peut-être des mots de passe volés. Prévenez le fournisseur.',
    'In the last 24 hours far more sign-ins than usual failed. Somebody may be trying stolen passwords. Tell the provider.',
    'خلال الساعات الأربع والعشرين الأخيرة فشلت عمليات دخول أكثر بكثير من المعتاد. ربما يجرّب أحدهم كلمات مرور مسروقة. أبلغ المزود.',
  ],
  'detection.sharing': ['Cartes et appareils partagés', 'Shared cards and devices', 'البطاقات والأجهزة المشتركة'],
  'detection.sharing.text': [
    'Sur trente jours, aux services où l’on agit pour des organisations. Ce n’est pas une usurpation : les personnes concernées sont prévenues, rien n’est arrêté.',
    'Over thirty days, at services where people act for organisations. It is no theft: the people concerned are told, and nothing is stopped.',
    'خلال ثلاثين يومًا، في الخدمات التي يُتصرَّف فيها باسم مؤسسات. ليس ذلك انتحالًا: يُنبَّه الأشخاص المعنيون ولا يُوقف شيء.',
  ],
  'detection.sharing.device': [
    'Ordinateurs où plusieurs représentants se connectent',
    'Computers on which several representatives sign in',
    'حواسيب يسجّل الدخول منها عدة ممثلين',
  ],
  'detection.sharing.phone': [
    'Téléphones où plusieurs représentants approuvent',
    'Phones on which several representatives approve',
    'هواتف يوافق منها عدة ممثلين',
  ],
  'detection.sharing.card': [
    'Cartes utilisées sur beaucoup d’appareils',
    'Cards that are used on many devices',
    'بطاقات مستعملة على أجهزة كثيرة',
  ],
  'detection.sharing.page': [
    'La page vers laquelle ils sont orientés',
    'The page that they are led to',
    'الصفحة التي يُوجَّهون إليها',
  ],
  'detection.rules': ['Règles', 'Rules', 'القواعد'],
  'detection.rule.device_many_identities': [
    'Un appareil, beaucoup d’identités',
    'One device, many identities',
    'جهاز واحد وهويات كثيرة',
  ],
  'detection.rule.device_many_identities.text': [
    'Un même appareil sert à se connecter à la place de beaucoup de personnes qu’il ne connaissait pas, plus que les jours d’avant. Les postes des professionnels ne comptent pas ; ceux d’une bibliothèque se mesurent à leur propre habitude.',
    'One device signs in as many people whom it did not know, more than on the days before. Workstations of professionals do not count; those of a library are held against their own habit.',
    'جهاز واحد يُستعمل للدخول باسم أشخاص كثيرين لم يكن يعرفهم، أكثر من الأيام السابقة. أجهزة المهنيين لا تُحتسب، وأجهزة المكتبات تُقاس بعادتها.',
  ],
  'detection.rule.burst': ['Beaucoup de services d’un coup', 'Many services at once', 'خدمات كثيرة دفعة واحدة'],
  'detection.rule.burst.text': [
    'Une identité ouvre en quelques minutes bien plus de services différents qu’elle ne l’a jamais fait.',
    'An identity opens far more different services within minutes than it ever did.',
    'هوية تفتح في بضع دقائق خدمات مختلفة أكثر بكثير مما فعلت من قبل.',
  ],
  'detection.rule.impossible_travel': ['Voyage impossible', 'Impossible travel', 'سفر مستحيل'],
  'detection.rule.impossible_travel.text': [
    'Deux connexions trop éloignées l’une de l’autre pour le temps qui les sépare, depuis un réseau que la personne n’a jamais utilisé.',
    'Two sign-ins too far apart for the time between them, from a network that the person never used.',
    'عمليتا دخول متباعدتان أكثر مما يسمح به الوقت بينهما، من شبكة لم يستعملها الشخص قط.',
  ],
  'detection.rule.new_everything': ['Tout est nouveau', 'Everything is new', 'كل شيء جديد'],
  'detection.rule.new_everything.text': [
    'Appareil, réseau, pays, fournisseur et service : trop de nouveautés à la fois pour quelqu’un qui a ses habitudes.',
    'Device, network, country, provider and service: too much is new at once for somebody who has habits.',
    'الجهاز والشبكة والبلد والمزود والخدمة: جديد كثير في آن واحد لشخص له عاداته.',
  ],
  'detection.rule.provider_refusals': [
    'Échecs en nombre chez un fournisseur',
    'Many failures at a provider',
    'إخفاقات كثيرة لدى مزود',
  ],
  'detection.rule.provider_refusals.text': [
    'Chez un fournisseur, bien plus de connexions échouent en une heure que d’habitude. Aucun dossier n’est ouvert : cela ne vise personne en particulier.',
    'At one provider far more sign-ins fail within an hour than usual. No case is opened: it is about nobody in particular.',
    'لدى مزود واحد تفشل خلال ساعة عمليات دخول أكثر بكثير من المعتاد. لا يُفتح أي ملف: الأمر لا يخص شخصًا بعينه.',
  ],
  'detection.mode': ['Ce qui suit', 'What follows', 'ما يترتب'],
  'detection.mode.off': ['Arrêtée', 'Stopped', 'متوقفة'],
  'detection.mode.watch': [
    'En observation : noté ici, sans dossier',
    'Watching: noted here, no case',
    'مراقبة: يُسجَّل هنا دون ملف',
  ],
  'detection.mode.case': ['Ouvre un dossier', 'Opens a case', 'تفتح ملفًا'],
  'detection.found': ['Trouvé en 30 jours', 'Found in 30 days', 'ما عُثر عليه في 30 يومًا'],
  'detection.cases': ['Dossiers', 'Cases', 'الملفات'],
  'detection.precision': ['Justesse', 'How often right', 'مدى الصواب'],
  'detection.precision.none': ['Aucun dossier conclu encore', 'No case concluded yet', 'لم تصدر خلاصة في أي ملف بعد'],
  'detection.precision.text': [
    '{confirmed} sur {concluded} dossiers conclus, soit {share} (entre {low} et {high} avec 95 % de certitude)',
    '{confirmed} of {concluded} cases concluded, which is {share} (between {low} and {high}, with 95% certainty)',
    '{confirmed} من {concluded} ملفات صدرت خلاصتها، أي {share} (بين {low} و{high} بيقين 95%)',
  ],
  'detection.imprecise': [
    'Cette règle se trompe plus souvent qu’elle n’a raison.',
    'This rule is wrong more often than it is right.',
    'هذه القاعدة تخطئ أكثر مما تصيب.',
  ],
  'detection.proposal': ['Réglage proposé : {change}.', 'Proposed: {change}.', 'الضبط المقترح: {change}.'],
  'detection.proposal.effect': [
    'Sur les dossiers conclus, {spared, plural, =0 {aucune fausse alerte} one {# fausse alerte} other {# fausses alertes}} de moins ; {kept, plural, =0 {aucune usurpation confirmée trouvée} one {# usurpation confirmée encore trouvée} other {# usurpations confirmées encore trouvées}}, {lost, plural, =0 {aucune manquée} one {# manquée} other {# manquées}}.',
    'Of the cases concluded: {spared, plural, =0 {no false alarm} one {# false alarm} other {# false alarms}} less; {kept, plural, =0 {no confirmed misuse found} one {# confirmed misuse still found} other {# confirmed misuses still found}}, {lost, plural, =0 {none missed} one {# missed} other {# missed}}.',
    'من الملفات التي صدرت خلاصتها: إنذارات خاطئة أقل بمقدار {spared}؛ حالات مؤكدة تبقى مكتشفة: {kept}، وتفوت: {lost}.',
  ],
  'detection.proposal.see': ['Voir cette proposition', 'See this proposal', 'عرض هذا المقترح'],
  'detection.see': ['Voir et régler', 'See and tune', 'عرض وضبط'],
  'detection.see.only': ['Voir', 'See', 'عرض'],
  'detection.latest': ['Ce qui a été trouvé', 'What was found', 'ما عُثر عليه'],
  'detection.latest.none': ['Rien n’a été trouvé.', 'Nothing was found.', 'لم يُعثر على شيء.'],
  'detection.latest.weight': ['Force', 'Strength', 'القوة'],
  'detection.latest.case': ['Voir le dossier', 'See the case', 'عرض الملف'],
  'detection.latest.waiting': ['Le dossier s’ouvre', 'The case is being opened', 'الملف قيد الفتح'],
  'detection.latest.watched': ['Sans dossier', 'No case', 'دون ملف'],
  'detection.more': ['Suite', 'More', 'المزيد'],
  'detection.first': ['Revenir au début', 'Back to the first', 'العودة إلى البداية'],
  'detection.back': ['Toutes les règles', 'All rules', 'كل القواعد'],

  // ── What a rule said ────────────────────────────────────────────────────────────────────────────────────────────
  'detection.explains.device_many_identities': [
    '{identities, plural, one {# identité nouvelle} other {# identités nouvelles}} sur le même appareil en {hours, plural, one {# heure} other {# heures}} ; au plus {usual} dans le même temps jusque-là.',
    '{identities, plural, one {# new identity} other {# new identities}} on the same device in {hours, plural, one {# hour} other {# hours}}; {usual} at most in as long a time before.',
    'عدد الهويات الجديدة على الجهاز نفسه: {identities}، خلال {hours, plural, one {ساعة واحدة} two {ساعتين} few {# ساعات} other {# ساعة}}؛ والحد الأقصى قبل ذلك في المدة نفسها: {usual}.',
  ],
  'detection.explains.burst': [
    `{services, plural, one {# service} other {# services différents}} en {minutes, plural, one {# minute} other {# minutes}} ; jamais plus de {usual} jusque-là. Appareil nouveau : ${isIt('new_device', 0)}.`,
    `{services, plural, one {# service} other {# different services}} in {minutes, plural, one {# minute} other {# minutes}}; never more than {usual} before. New device: ${isIt('new_device', 1)}.`,
    `عدد الخدمات المختلفة: {services}، خلال {minutes, plural, one {دقيقة واحدة} two {دقيقتين} few {# دقائق} other {# دقيقة}}؛ ولم تتجاوز قبل ذلك {usual}. جهاز جديد: ${isIt('new_device', 2)}.`,
  ],
  'detection.explains.impossible_travel': [
    `{from}, puis {to} : {kilometres, number} km au moins en {minutes, plural, =0 {moins d’une minute} one {# minute} other {# minutes}}. Appareil nouveau : ${isIt('new_device', 0)}. Connexions antérieures : {connections}.`,
    `{from}, then {to}: {kilometres, number} km at least in {minutes, plural, =0 {less than a minute} one {# minute} other {# minutes}}. New device: ${isIt('new_device', 1)}. Earlier connections: {connections}.`,
    `{from} ثم {to}: {kilometres, number} كم على الأقل خلال {minutes, plural, =0 {أقل من دقيقة} one {دقيقة واحدة} two {دقيقتين} few {# دقائق} other {# دقيقة}}. جهاز جديد: ${isIt('new_device', 2)}. الاتصالات السابقة: {connections}.`,
  ],
  'detection.explains.new_everything': [
    `{marks} nouveautés sur cinq : appareil (${isIt('device', 0)}), réseau (${isIt('network', 0)}), pays (${isIt('country', 0)}), fournisseur (${isIt('provider', 0)}), service (${isIt('service', 0)}). Service sensible : ${isIt('sensitive', 0)}. Connexions antérieures : {connections}.`,
    `{marks} of five are new: device (${isIt('device', 1)}), network (${isIt('network', 1)}), country (${isIt('country', 1)}), provider (${isIt('provider', 1)}), service (${isIt('service', 1)}). Sensitive service: ${isIt('sensitive', 1)}. Earlier connections: {connections}.`,
    `الجديد {marks} من خمسة: الجهاز (${isIt('device', 2)})، الشبكة (${isIt('network', 2)})، البلد (${isIt('country', 2)})، المزود (${isIt('provider', 2)})، الخدمة (${isIt('service', 2)}). خدمة حساسة: ${isIt('sensitive', 2)}. الاتصالات السابقة: {connections}.`,
  ],
  'detection.explains.provider_refusals': [
    '{refusals, plural, one {# échec} other {# échecs}} en une heure sur {attempts, plural, one {# essai} other {# essais}} ; {expected, plural, one {# attendu} other {# attendus}} d’habitude.',
    '{refusals, plural, one {# failure} other {# failures}} in one hour of {attempts, plural, one {# attempt} other {# attempts}}; {expected} expected as usual.',
    'عدد الإخفاقات في ساعة واحدة: {refusals} من {attempts} محاولة؛ والمتوقع عادة: {expected}.',
  ],

  // ── One rule ────────────────────────────────────────────────────────────────────────────────────────────────────
  'detection.values': ['Réglage en vigueur', 'Values in force', 'الضبط الساري'],
  'detection.shipped': ['Réglage d’origine', 'As shipped', 'الضبط الأصلي'],
  'detection.tuned': ['Réglé le {date} par {who}', 'Tuned on {date} by {who}', 'ضُبط في {date} بواسطة {who}'],
  'detection.by.command': ['la ligne de commande', 'the command line', 'سطر الأوامر'],
  'detection.by.hub': ['la plateforme', 'the hub', 'المنصة'],
  'detection.by.somebody': ['quelqu’un de l’équipe', 'somebody of the team', 'أحد أعضاء الفريق'],
  'detection.bounds': [
    'De {least} à {most} ; {usual} à l’origine.',
    'From {least} to {most}; {usual} as shipped.',
    'من {least} إلى {most}؛ والأصلي {usual}.',
  ],
  'detection.change': ['Changer le réglage', 'Change the values', 'تغيير الضبط'],
  'detection.change.text': [
    'Rien ne change avant votre confirmation : vous verrez d’abord ce que ces valeurs auraient donné.',
    'Nothing changes before you confirm: you first see what these values would have done.',
    'لن يتغير شيء قبل تأكيدك: سترى أولًا ما كانت ستؤدي إليه هذه القيم.',
  ],
  'detection.review': ['Voir l’effet', 'See the effect', 'عرض الأثر'],
  'detection.confirm': ['Appliquer ces valeurs', 'Put these values in force', 'تطبيق هذه القيم'],
  'detection.edit': ['Corriger', 'Correct', 'تصحيح'],
  'detection.preview': [
    'Ce que ces valeurs auraient donné',
    'What these values would have done',
    'ما كانت ستؤدي إليه هذه القيم',
  ],
  'detection.preview.over': ['En 30 jours', 'In 30 days', 'خلال 30 يومًا'],
  'detection.preview.kept': ['Encore trouvé', 'Still found', 'يبقى مكتشفًا'],
  'detection.preview.spared': ['Plus trouvé', 'Not found any more', 'لا يُكتشف بعد'],
  'detection.preview.confirmed': ['Confirmée', 'Confirmed', 'تأكد'],
  'detection.preview.not_confirmed': ['Non confirmée', 'Not confirmed', 'لم يتأكد'],
  'detection.preview.open': ['Sans conclusion', 'Without an outcome', 'بلا خلاصة'],
  'detection.preview.looser': [
    'Une de ces valeurs élargit la recherche ou change sa durée : ce qui serait trouvé en plus ne se lit pas dans ce qui a été trouvé. La commande garant detection simulate en donne une idée.',
    'One of these values widens the search or changes its length: what would be found besides cannot be read in what was found. The command garant detection simulate gives an idea of it.',
    'إحدى هذه القيم توسّع البحث أو تغيّر مدته: ما سيُكتشف زيادة على ذلك لا يُعرف مما سبق اكتشافه. الأمر garant detection simulate يعطي فكرة عنه.',
  ],
  'detection.history': ['Réglages précédents', 'Past values', 'الضبط السابق'],
  'detection.history.none': [
    'Cette règle n’a jamais été réglée.',
    'This rule was never tuned.',
    'لم تُضبط هذه القاعدة قط.',
  ],
  'detection.done.tuned': ['C’est en vigueur.', 'It is in force.', 'أصبح ساريًا.'],
  'detection.done.again': [
    'Ces valeurs étaient déjà en vigueur.',
    'These values were in force already.',
    'هذه القيم سارية من قبل.',
  ],
  'detection.moved': [
    'Quelqu’un a changé ce réglage entre-temps. Voici ce qui est en vigueur ; vos valeurs sont restées dans le formulaire.',
    'Somebody changed this meanwhile. Here is what is in force; your values are still in the form.',
    'غيّر شخص آخر هذا الضبط في هذه الأثناء. هذا هو الساري؛ وقيمك ما زالت في الاستمارة.',
  ],
  'detection.wrong': ['Rien n’a été changé', 'Nothing was changed', 'لم يتغير شيء'],
  'detection.fault.unknown': ['n’est pas possible ici', 'is not possible here', 'غير ممكن هنا'],
  'detection.fault.missing': ['manque', 'is missing', 'ناقص'],
  'detection.fault.not_a_number': ['doit être un nombre', 'must be a number', 'يجب أن يكون عددًا'],
  'detection.fault.out_of_bounds': [
    'doit être de {least} à {most}',
    'must be from {least} to {most}',
    'يجب أن يكون من {least} إلى {most}',
  ],
  'detection.fault.not_a_step': [
    'doit aller par pas de {step}',
    'must go in steps of {step}',
    'يجب أن يتدرج بخطوة {step}',
  ],

  // ── Parameters ──────────────────────────────────────────────────────────────────────────────────────────────────
  'detection.parameter.device_many_identities.identities': ['Identités nouvelles', 'New identities', 'هويات جديدة'],
  'detection.parameter.device_many_identities.identities.text': [
    'À partir de combien sur un appareil. Les deux premières d’un appareil ne comptent pas.',
    'From how many on one device. The first two of a device do not count.',
    'ابتداءً من كم على جهاز واحد. أول هويتين على الجهاز لا تُحتسبان.',
  ],
  'detection.parameter.device_many_identities.hours': ['En combien d’heures', 'Within how many hours', 'خلال كم ساعة'],
  'detection.parameter.device_many_identities.hours.text': [
    'La durée regardée.',
    'The time that is looked at.',
    'المدة المنظور فيها.',
  ],
  'detection.parameter.device_many_identities.times': ['Fois son habitude', 'Times its habit', 'أضعاف عادته'],
  'detection.parameter.device_many_identities.times.text': [
    'Par rapport au plus qu’a vu cet appareil en autant de temps, sur quatre semaines.',
    'Against the most that this device saw in as long a time, in four weeks.',
    'مقارنة بأكثر ما شهده هذا الجهاز في المدة نفسها خلال أربعة أسابيع.',
  ],
  'detection.parameter.burst.services': ['Services différents', 'Different services', 'خدمات مختلفة'],
  'detection.parameter.burst.services.text': ['À partir de combien.', 'From how many.', 'ابتداءً من كم.'],
  'detection.parameter.burst.minutes': ['En combien de minutes', 'Within how many minutes', 'خلال كم دقيقة'],
  'detection.parameter.burst.minutes.text': [
    'La durée regardée.',
    'The time that is looked at.',
    'المدة المنظور فيها.',
  ],
  'detection.parameter.burst.times': ['Fois son habitude', 'Times the habit', 'أضعاف العادة'],
  'detection.parameter.burst.times.text': [
    'Par rapport au plus que cette identité a fait en autant de temps.',
    'Against the most that this identity did in as long a time.',
    'مقارنة بأكثر ما فعلته هذه الهوية في المدة نفسها.',
  ],
  'detection.parameter.burst.new_device': [
    'Seulement sur un appareil nouveau',
    'Only on a new device',
    'على جهاز جديد فقط',
  ],
  'detection.parameter.burst.new_device.text': [
    'Un appareil où la personne n’a pas été vue depuis 90 jours.',
    'A device on which the person was not seen for 90 days.',
    'جهاز لم يُر عليه الشخص منذ 90 يومًا.',
  ],
  'detection.parameter.impossible_travel.kilometres': ['Kilomètres', 'Kilometres', 'كيلومترات'],
  'detection.parameter.impossible_travel.kilometres.text': [
    'Distance au moins entre les deux pays.',
    'Distance between the two countries, at the least.',
    'المسافة الدنيا بين البلدين.',
  ],
  'detection.parameter.impossible_travel.speed': ['Kilomètres à l’heure', 'Kilometres per hour', 'كيلومتر في الساعة'],
  'detection.parameter.impossible_travel.speed.text': [
    'Vitesse à partir de laquelle ce n’est plus un voyage. En dessous de celle de la politique du site, rien de plus n’est trouvé.',
    'Speed from which on it is no travel. Below the one of the policy of the hub nothing more is found.',
    'السرعة التي لا يعود بعدها سفرًا. تحت سرعة سياسة المنصة لا يُكتشف شيء إضافي.',
  ],
  'detection.parameter.impossible_travel.connections': [
    'Connexions antérieures',
    'Earlier connections',
    'اتصالات سابقة',
  ],
  'detection.parameter.impossible_travel.connections.text': [
    'Sans habitudes connues, rien n’est dit.',
    'Without known habits nothing is said.',
    'دون عادات معروفة لا يُقال شيء.',
  ],
  'detection.parameter.impossible_travel.new_device': [
    'Seulement sur un appareil nouveau',
    'Only on a new device',
    'على جهاز جديد فقط',
  ],
  'detection.parameter.impossible_travel.new_device.text': [
    'Qui passe par un VPN avec son propre appareil semble voyager.',
    'Who uses a VPN on their own device seems to travel.',
    'من يستعمل شبكة خاصة افتراضية على جهازه يبدو كأنه يسافر.',
  ],
  'detection.parameter.new_everything.marks': ['Nouveautés', 'New marks', 'عناصر جديدة'],
  'detection.parameter.new_everything.marks.text': [
    'Sur cinq : appareil, réseau, pays, fournisseur, service.',
    'Of five: device, network, country, provider, service.',
    'من خمسة: الجهاز والشبكة والبلد والمزود والخدمة.',
  ],
  'detection.parameter.new_everything.connections': ['Connexions antérieures', 'Earlier connections', 'اتصالات سابقة'],
  'detection.parameter.new_everything.connections.text': [
    'Pour qui vient d’arriver, tout est nouveau.',
    'To somebody who has just come, everything is new.',
    'كل شيء جديد لمن وصل لتوه.',
  ],
  'detection.parameter.new_everything.sensitive': [
    'Seulement vers un service sensible',
    'Only to a sensitive service',
    'نحو خدمة حساسة فقط',
  ],
  'detection.parameter.new_everything.sensitive.text': [
    'Tel que le service est déclaré.',
    'As the service is registered.',
    'حسب تصنيف الخدمة.',
  ],
  'detection.parameter.provider_refusals.refusals': ['Échecs en une heure', 'Failures in an hour', 'إخفاقات في ساعة'],
  'detection.parameter.provider_refusals.refusals.text': ['À partir de combien.', 'From how many.', 'ابتداءً من كم.'],
  'detection.parameter.provider_refusals.times': ['Fois l’habitude', 'Times the usual', 'أضعاف المعتاد'],
  'detection.parameter.provider_refusals.times.text': [
    'Par rapport à la part qui échoue d’habitude chez ce fournisseur.',
    'Against the share that usually fails at this provider.',
    'مقارنة بالنسبة التي تفشل عادة لدى هذا المزود.',
  ],
  'detection.yes': ['Oui', 'Yes', 'نعم'],
  'detection.no': ['Non', 'No', 'لا'],
}

export const detectionMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(texts).map(([key, row]) => [key, row[index] as string])),
  ]),
) as unknown as Messages
