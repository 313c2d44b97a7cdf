/** What the employers' service says to whoever acts there for an organisation. */
import type { Translated } from '../../src/kernel/languages.ts'
import type { Action } from '../../src/policy/mandate.ts'
import type { Acting } from './relying-party.ts'

export const actionWords: Record<Action, Translated> = {
  read: { fr: 'consulter', en: 'look', ar: 'الاطلاع' },
  prepare: { fr: 'préparer', en: 'prepare', ar: 'الإعداد' },
  submit: { fr: 'déposer', en: 'file', ar: 'الإيداع' },
  pay: { fr: 'payer', en: 'pay', ar: 'الأداء' },
  manage_mandates: { fr: 'gérer les accès', en: 'manage access', ar: 'تدبير الصلاحيات' },
}

export const capacityWords: Record<Acting['as'], Translated> = {
  representative: { fr: 'Représentant légal', en: 'Legal representative', ar: 'الممثل القانوني' },
  mandatary: { fr: 'Mandataire', en: 'Mandatary', ar: 'الوكيل' },
  employee: { fr: 'Pour le cabinet mandataire', en: 'For the firm that holds the mandate', ar: 'لفائدة المكتب الوكيل' },
}

export const declareWords = {
  actingFor: { fr: 'Vous agissez pour {name}', en: 'You act for {name}', ar: 'تتصرف باسم {name}' },
  rights: { fr: 'Vous pouvez ici :', en: 'Here you may:', ar: 'يمكنك هنا:' },
  mandate: { fr: 'Mandat', en: 'Mandate', ar: 'التوكيل' },
  ownRight: { fr: 'représentation légale', en: 'legal representation', ar: 'تمثيل قانوني' },
  whoElse: { fr: 'Changer d’entreprise', en: 'Another company', ar: 'تغيير المقاولة' },
  declarations: { fr: 'Déclarations mensuelles', en: 'Monthly declarations', ar: 'التصريحات الشهرية' },
  declaration: { fr: 'Déclaration', en: 'Declaration', ar: 'التصريح' },
  declare: { fr: 'Préparer une déclaration', en: 'Prepare a declaration', ar: 'إعداد تصريح' },
  declareText: {
    fr: 'Choisissez le fichier produit par votre logiciel de paie, ou collez ses lignes. Il est vérifié ligne par ligne ; rien n’est déposé à cette étape.',
    en: 'Choose the file that your payroll program made, or paste its lines. It is checked line by line; nothing is filed at this step.',
    ar: 'اختر الملف الذي أنتجه برنامج الأجور أو ألصق أسطره. يُفحص سطرًا سطرًا، ولا يُودَع أي شيء في هذه المرحلة.',
  },
  draftBack: {
    fr: 'Votre travail est là où vous l’aviez laissé.',
    en: 'Your work is where you left it.',
    ar: 'عملك كما تركته.',
  },
  month: { fr: 'Mois', en: 'Month', ar: 'الشهر' },
  state: { fr: 'État', en: 'State', ar: 'الحالة' },
  wages: { fr: 'Salaires', en: 'Wages', ar: 'الأجور' },
  capped: { fr: 'Salaires plafonnés', en: 'Capped wages', ar: 'الأجور المسقَّفة' },
  employees: { fr: 'Salariés', en: 'Employees', ar: 'الأجراء' },
  days: { fr: 'Jours déclarés', en: 'Days declared', ar: 'الأيام المصرَّح بها' },
  todo: { fr: 'À préparer', en: 'To prepare', ar: 'ينتظر الإعداد' },
  prepared: { fr: 'Préparée', en: 'Prepared', ar: 'معدّ' },
  filed: { fr: 'Déposée', en: 'Filed', ar: 'مودَع' },
  open: { fr: 'Ouvrir', en: 'Open', ar: 'فتح' },
  prepare: { fr: 'Préparer', en: 'Prepare', ar: 'إعداد' },
  prepareAgain: { fr: 'La préparer de nouveau', en: 'Prepare it again', ar: 'إعداده من جديد' },
  file: {
    fr: 'Fichier de 260 caractères par ligne',
    en: 'File of 260 characters a line',
    ar: 'ملف من 260 حرفًا في السطر',
  },
  text: { fr: 'Ou ses lignes', en: 'Or its lines', ar: 'أو أسطره' },
  check: { fr: 'Vérifier et préparer', en: 'Check and prepare', ar: 'التحقق والإعداد' },
  samples: { fr: 'Pour essayer :', en: 'To try:', ar: 'للتجربة:' },
  sampleGood: { fr: 'un fichier juste', en: 'a right file', ar: 'ملف صحيح' },
  sampleBad: { fr: 'un fichier avec des erreurs', en: 'a file with faults', ar: 'ملف به أخطاء' },
  faults: { fr: 'Le fichier n’est pas accepté', en: 'The file is not accepted', ar: 'الملف غير مقبول' },
  faultsText: {
    fr: 'Corrigez ces lignes dans votre logiciel de paie, puis envoyez de nouveau le fichier entier. Rien n’a été préparé.',
    en: 'Correct these lines in your payroll program, then send the whole file again. Nothing was prepared.',
    ar: 'صحّح هذه الأسطر في برنامج الأجور ثم أرسل الملف كاملًا من جديد. لم يُعَدّ أي شيء.',
  },
  emptyText: {
    fr: 'Choisissez un fichier, ou collez ses lignes.',
    en: 'Choose a file, or paste its lines.',
    ar: 'اختر ملفًا أو ألصق أسطره.',
  },
  moreFaults: {
    fr: 'Il y en a d’autres : corrigez d’abord celles-ci.',
    en: 'There are more: correct these first.',
    ar: 'هناك أخطاء أخرى: صحّح هذه أولًا.',
  },
  line: { fr: 'Ligne', en: 'Line', ar: 'السطر' },
  field: { fr: 'Champ', en: 'Field', ar: 'الحقل' },
  fault: { fr: 'Erreur', en: 'Fault', ar: 'الخطأ' },
  ready: { fr: 'La déclaration est prête', en: 'The declaration is ready', ar: 'التصريح جاهز' },
  submit: { fr: 'Déposer la déclaration', en: 'File the declaration', ar: 'إيداع التصريح' },
  acknowledged: { fr: 'Accusé de réception', en: 'Acknowledgement', ar: 'إشعار بالتوصل' },
  acknowledgedText: {
    fr: 'La déclaration est déposée. Gardez ce numéro.',
    en: 'The declaration is filed. Keep this number.',
    ar: 'أُودع التصريح. احتفظ بهذا الرقم.',
  },
  receipt: { fr: 'Numéro', en: 'Number', ar: 'الرقم' },
  preparedBy: { fr: 'Préparée par', en: 'Prepared by', ar: 'أعدّه' },
  filedBy: { fr: 'Déposée par', en: 'Filed by', ar: 'أودعه' },
  filedFor: { fr: 'Au nom de', en: 'In the name of', ar: 'باسم' },
  filedAlready: {
    fr: 'Cette déclaration est déjà déposée',
    en: 'This declaration is filed already',
    ar: 'هذا التصريح مودَع من قبل',
  },
  unknown: { fr: 'Il n’y a pas de déclaration ici', en: 'There is no declaration here', ar: 'لا يوجد تصريح هنا' },
  toList: { fr: 'Toutes les déclarations', en: 'All declarations', ar: 'كل التصريحات' },
  notAllowed: {
    fr: 'Ce droit ne vous a pas été confié',
    en: 'You were not given this right',
    ar: 'لم يُسنَد إليك هذا الحق',
  },
  notAllowedText: {
    fr: 'Pour {name}, vous ne pouvez pas « {action} » : le mandat, ou ce que votre cabinet vous a confié, ne le comprend pas.',
    en: 'For {name} you may not “{action}”: the mandate, or what your firm gave you, does not have it.',
    ar: 'لا يمكنك «{action}» باسم {name}: لا يشمل ذلك التوكيلُ أو ما أسنده إليك مكتبك.',
  },
  whoCan: { fr: 'Qui le peut', en: 'Who can', ar: 'من يمكنه ذلك' },
  canFirm: {
    fr: 'Une personne de {firm} à qui ce droit est confié. L’administrateur du cabinet peut aussi vous le confier.',
    en: 'Somebody at {firm} who was given this right. The firm’s administrator can also give it to you.',
    ar: 'شخص من {firm} أُسند إليه هذا الحق. ويمكن لمسؤول المكتب أن يسنده إليك أيضًا.',
  },
  canRepresentative: {
    fr: 'Le représentant légal de {name}.',
    en: 'The legal representative of {name}.',
    ar: 'الممثل القانوني لـ{name}.',
  },
  stillThere: {
    fr: 'Rien n’est perdu : ce qui est préparé reste ici pour la personne qui le déposera.',
    en: 'Nothing is lost: what is prepared stays here for whoever files it.',
    ar: 'لم يضع شيء: يبقى ما أُعدّ هنا لمن سيودعه.',
  },
  ended: {
    fr: 'Vous ne pouvez plus agir pour {name}',
    en: 'You can no longer act for {name}',
    ar: 'لم يعد بإمكانك التصرف باسم {name}',
  },
  endedText: {
    fr: 'Le mandat a pris fin ou a été suspendu, ce client ne vous est plus confié, ou vous vous êtes déconnecté de Garant.',
    en: 'The mandate has ended or was suspended, this client is no longer yours, or you signed out of Garant.',
    ar: 'انتهى التوكيل أو عُلِّق، أو لم يعد هذا العميل مسندًا إليك، أو سجّلت خروجك من «غارانت».',
  },
  kept: {
    fr: 'Rien n’a été déposé, et rien n’est perdu : votre fichier est gardé, et vous le retrouverez si ce droit revient.',
    en: 'Nothing was filed, and nothing is lost: your file is kept, and you will find it again if this right comes back.',
    ar: 'لم يُودَع أي شيء ولم يضع شيء: ملفك محفوظ، وستجده إن عاد إليك هذا الحق.',
  },
  nothingFiled: { fr: 'Rien n’a été déposé.', en: 'Nothing was filed.', ar: 'لم يُودَع أي شيء.' },
  home: { fr: 'Accueil', en: 'Home', ar: 'الصفحة الرئيسية' },
} as const satisfies Record<string, Translated>
