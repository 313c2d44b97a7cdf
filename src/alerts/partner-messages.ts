/** Letters to partners about what is theirs to do. */
import type { Messages } from '../http/messages.ts'

export const partnerLetterMessages: Messages = {
  fr: {
    'partner_letter.homologation.subject': '{hub} : une homologation de {service} se termine bientôt',
    'partner_letter.homologation.text':
      'Bonjour,\n\n{service} ({partner}) accepte le moyen d’identification « {means} » par une homologation qui se termine le {date}. À partir de ce jour, il y sera refusé.\n\nPour continuer à l’accepter, le responsable du service refait l’analyse de risques et la décision d’homologation, puis les transmet à ses interlocuteurs de {hub}, qui les enregistrent.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.keys_by_staff.subject': '{hub} : une clé ou un secret de {name} a changé',
    'partner_letter.keys_by_staff.text':
      'Bonjour,\n\nUne personne de votre équipe a changé une clé ou un secret de {name} ({partner}). La nouvelle valeur n’est pas dans ce message : elle n’a été montrée qu’à cette personne.\n\nSi vous vous y attendiez, il n’y a rien à faire. Sinon, quelqu’un agit à la place de votre équipe : ouvrez l’espace des partenaires en tapant vous-même son adresse, {host}, regardez l’historique, et appelez les opérateurs de {hub}.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.keys_by_operators.subject': '{hub} : une clé ou un secret de {name} a changé',
    'partner_letter.keys_by_operators.text':
      'Bonjour,\n\nLes opérateurs de {hub} ont changé une clé ou un secret de {name} ({partner}). La nouvelle valeur n’est pas dans ce message.\n\nSi vous vous y attendiez, il n’y a rien à faire. Sinon, appelez-les par un numéro que vous connaissez. L’historique est dans l’espace des partenaires : tapez vous-même son adresse, {host}.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.program_added.subject': '{hub} : un programme peut agir pour {name}',
    'partner_letter.program_added.text':
      'Bonjour,\n\nUn programme vient d’être enregistré pour {name} ({partner}). Par l’interface de {hub}, il peut lire les dossiers d’usurpation qui concernent {name}, y répondre ou échanger des signaux, selon les droits reçus.\n\nSi vous vous y attendiez, il n’y a rien à faire. Sinon, ouvrez l’espace des partenaires en tapant vous-même son adresse, {host}, retirez ce programme, et appelez les opérateurs de {hub}.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.program_changed.subject': '{hub} : un programme de {name} a changé',
    'partner_letter.program_changed.text':
      'Bonjour,\n\nLes clés ou les droits d’un programme qui agit pour {name} ({partner}) viennent d’être changés, ou ce programme a été retiré.\n\nSi vous vous y attendiez, il n’y a rien à faire. Sinon, ouvrez l’espace des partenaires en tapant vous-même son adresse, {host}, regardez la liste de vos programmes, et appelez les opérateurs de {hub}.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.contacts.subject': '{hub} n’écrira plus à cette adresse pour {partner}',
    'partner_letter.contacts.text':
      'Bonjour,\n\nCette adresse était celle à laquelle {hub} écrivait pour {partner}. Elle vient d’être remplacée ou retirée : ceci est le dernier message qu’elle reçoit.\n\nSi vous vous y attendiez, il n’y a rien à faire. Sinon, quelqu’un cherche peut-être à ce que vous n’appreniez pas la suite : appelez les opérateurs de {hub} par un numéro que vous connaissez.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.scope_granted.subject': '{hub} : « {scope} » est accordé à {name}',
    'partner_letter.scope_granted.text':
      'Bonjour,\n\nLes opérateurs de {hub} ont accordé à {name} ({partner}) la donnée « {scope} » que votre équipe avait demandée. Votre site la reçoit dès maintenant s’il la demande.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.scope_refused.subject': '{hub} : « {scope} » est refusé à {name}',
    'partner_letter.scope_refused.text':
      'Bonjour,\n\nLes opérateurs de {hub} n’ont pas accordé à {name} ({partner}) la donnée « {scope} » que votre équipe avait demandée.\n\nLeur raison : {reason}\n\nLe service continue avec ce qu’il a déjà. Pour demander de nouveau, avec une autre raison, ouvrez l’espace des partenaires en tapant vous-même son adresse, {host}.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.warnings.subject': '{hub} : un point à revoir pour {partner}',
    'partner_letter.warnings.text':
      'Bonjour,\n\nLes réglages de {partner} sont en service, mais demandent votre attention :\n\n{lines}\n\nVous les retrouvez dans l’espace des partenaires : tapez vous-même son adresse, {host}, et identifiez-vous.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'partner_letter.warning': '- {service} : {warning}',
    'partner_letter.warning.doubt_no_psc':
      'service sensible ouvert aux professionnels, il doit accepter Pro Santé Connect et n’accepte aucun fournisseur de ce type.',
    'partner_letter.warning.doubt_single':
      'un seul fournisseur d’identité y mène. S’il s’arrête, plus personne n’entre : prévoyez-en un second.',
    'partner_letter.warning.doubt_nobody':
      'aucun fournisseur d’identité n’atteint le niveau demandé : personne ne peut entrer.',
  },
  en: {
    'partner_letter.homologation.subject': '{hub}: a homologation of {service} ends soon',
    'partner_letter.homologation.text':
      'Hello,\n\n{service} ({partner}) accepts the means of identification “{means}” by a homologation that ends on {date}. From that day on it will be refused there.\n\nTo go on accepting it, the owner of the service does the risk analysis and the decision again, and hands them to the people they deal with at {hub}, who record them.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.keys_by_staff.subject': '{hub}: a key or a secret of {name} changed',
    'partner_letter.keys_by_staff.text':
      'Hello,\n\nSomebody of your team changed a key or a secret of {name} ({partner}). The new value is not in this message: it was shown to that person alone.\n\nIf you expected it, there is nothing to do. If not, somebody acts in the place of your team: open the partners’ space by typing its address, {host}, look at the history, and call the operators of {hub}.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.keys_by_operators.subject': '{hub}: a key or a secret of {name} changed',
    'partner_letter.keys_by_operators.text':
      'Hello,\n\nThe operators of {hub} changed a key or a secret of {name} ({partner}). The new value is not in this message.\n\nIf you expected it, there is nothing to do. If not, call them by a number that you know. The history is in the partners’ space: type its address, {host}.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.program_added.subject': '{hub}: a program may act for {name}',
    'partner_letter.program_added.text':
      'Hello,\n\nA program was registered just now for {name} ({partner}). By the API of {hub} it may read the cases of identity theft that concern {name}, answer them or exchange signals, as far as it was given these rights.\n\nIf you expected it, there is nothing to do. If not, open the partners’ space by typing its address, {host}, remove this program, and call the operators of {hub}.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.program_changed.subject': '{hub}: a program of {name} changed',
    'partner_letter.program_changed.text':
      'Hello,\n\nThe keys or the rights of a program that acts for {name} ({partner}) were changed just now, or the program was removed.\n\nIf you expected it, there is nothing to do. If not, open the partners’ space by typing its address, {host}, look at the list of your programs, and call the operators of {hub}.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.contacts.subject': '{hub} will write to this address no more for {partner}',
    'partner_letter.contacts.text':
      'Hello,\n\nThis is the address to which {hub} wrote for {partner}. It was replaced or removed just now: this is the last message that it receives.\n\nIf you expected it, there is nothing to do. If not, somebody may not want you to hear what comes next: call the operators of {hub} by a number that you know.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.scope_granted.subject': '{hub}: “{scope}” is granted to {name}',
    'partner_letter.scope_granted.text':
      'Hello,\n\nThe operators of {hub} granted {name} ({partner}) the data “{scope}” that your team had asked for. From now on your site receives it when it asks for it.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.scope_refused.subject': '{hub}: “{scope}” is refused to {name}',
    'partner_letter.scope_refused.text':
      'Hello,\n\nThe operators of {hub} did not grant {name} ({partner}) the data “{scope}” that your team had asked for.\n\nTheir reason: {reason}\n\nThe service goes on with what it has. To ask again, for another reason, open the partners’ space by typing its address, {host}.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.warnings.subject': '{hub}: something for {partner} to look at',
    'partner_letter.warnings.text':
      'Hello,\n\nThe settings of {partner} are in force, but want your attention:\n\n{lines}\n\nYou find them in the partners’ space: type its address, {host}, and sign in there.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'partner_letter.warning': '- {service}: {warning}',
    'partner_letter.warning.doubt_no_psc':
      'a sensitive service that is open to professionals has to accept Pro Santé Connect, and it accepts no provider of that kind.',
    'partner_letter.warning.doubt_single':
      'a single identity provider leads to it. When that one stops, nobody gets in: provide for a second one.',
    'partner_letter.warning.doubt_nobody': 'no identity provider reaches the level that it asks: nobody can get in.',
  },
  ar: {
    'partner_letter.homologation.subject': '{hub}: اعتماد لدى {service} يوشك على الانتهاء',
    'partner_letter.homologation.text':
      'مرحبًا،\n\nتقبل {service} ({partner}) وسيلة التعريف «{means}» بموجب اعتماد ينتهي في {date}. ومن ذلك اليوم ستُرفض فيها.\n\nللاستمرار في قبولها، يعيد المسؤول عن الخدمة تحليل المخاطر وقرار الاعتماد، ثم يسلّمهما إلى من يتعامل معهم في {hub} لتسجيلهما.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.keys_by_staff.subject': '{hub}: تغيّر مفتاح أو سر لدى {name}',
    'partner_letter.keys_by_staff.text':
      'مرحبًا،\n\nغيّر أحد أعضاء فريقكم مفتاحًا أو سرًّا لدى {name} ({partner}). القيمة الجديدة ليست في هذه الرسالة: لم تُعرض إلا على ذلك الشخص.\n\nإن كنتم تتوقعون ذلك فلا شيء عليكم فعله. وإلا فإن شخصًا يتصرف مكان فريقكم: افتحوا فضاء الشركاء بكتابة عنوانه بأنفسكم، {host}، وانظروا في السجل، واتصلوا بمشغّلي {hub}.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.keys_by_operators.subject': '{hub}: تغيّر مفتاح أو سر لدى {name}',
    'partner_letter.keys_by_operators.text':
      'مرحبًا،\n\nغيّر مشغّلو {hub} مفتاحًا أو سرًّا لدى {name} ({partner}). القيمة الجديدة ليست في هذه الرسالة.\n\nإن كنتم تتوقعون ذلك فلا شيء عليكم فعله. وإلا فاتصلوا بهم على رقم تعرفونه. السجل في فضاء الشركاء: اكتبوا عنوانه بأنفسكم، {host}.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.program_added.subject': '{hub}: صار بإمكان برنامج أن يعمل لأجل {name}',
    'partner_letter.program_added.text':
      'مرحبًا،\n\nسُجّل للتوّ برنامج لأجل {name} ({partner}). يمكنه عبر واجهة {hub} أن يقرأ ملفات الانتحال التي تخص {name} وأن يرد عليها أو يتبادل الإشارات، بحسب ما مُنح من حقوق.\n\nإن كنتم تتوقعون ذلك فلا شيء عليكم فعله. وإلا فافتحوا فضاء الشركاء بكتابة عنوانه بأنفسكم، {host}، وأزيلوا هذا البرنامج، واتصلوا بمشغّلي {hub}.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.program_changed.subject': '{hub}: تغيّر برنامج يعمل لأجل {name}',
    'partner_letter.program_changed.text':
      'مرحبًا،\n\nتغيّرت للتوّ مفاتيح برنامج يعمل لأجل {name} ({partner}) أو حقوقه، أو أُزيل هذا البرنامج.\n\nإن كنتم تتوقعون ذلك فلا شيء عليكم فعله. وإلا فافتحوا فضاء الشركاء بكتابة عنوانه بأنفسكم، {host}، وانظروا في قائمة برامجكم، واتصلوا بمشغّلي {hub}.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.contacts.subject': 'لن يكتب {hub} بعد الآن إلى هذا العنوان من أجل {partner}',
    'partner_letter.contacts.text':
      'مرحبًا،\n\nهذا هو العنوان الذي كان {hub} يكتب إليه من أجل {partner}. وقد استُبدل أو حُذف الآن: هذه آخر رسالة يتلقاها.\n\nإن كنتم تتوقعون ذلك فلا شيء عليكم فعله. وإلا فقد يكون هناك من لا يريد أن تعلموا بما سيأتي: اتصلوا بمشغّلي {hub} على رقم تعرفونه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.scope_granted.subject': '{hub}: مُنح «{scope}» لخدمة {name}',
    'partner_letter.scope_granted.text':
      'مرحبًا،\n\nمنح مشغّلو {hub} خدمةَ {name} ({partner}) البيان «{scope}» الذي طلبه فريقكم. يتلقاه موقعكم من الآن إذا طلبه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.scope_refused.subject': '{hub}: رُفض «{scope}» لخدمة {name}',
    'partner_letter.scope_refused.text':
      'مرحبًا،\n\nلم يمنح مشغّلو {hub} خدمةَ {name} ({partner}) البيان «{scope}» الذي طلبه فريقكم.\n\nالسبب: {reason}\n\nتستمر الخدمة بما لديها. لطلبه من جديد لسبب آخر افتحوا فضاء الشركاء بكتابة عنوانه بأنفسكم، {host}.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.warnings.subject': '{hub}: أمر يحتاج إلى نظر {partner}',
    'partner_letter.warnings.text':
      'مرحبًا،\n\nإعدادات {partner} سارية، لكنها تحتاج إلى انتباهكم:\n\n{lines}\n\nتجدونها في فضاء الشركاء: اكتبوا عنوانه بأنفسكم، {host}، وسجّلوا الدخول فيه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'partner_letter.warning': '- {service}: {warning}',
    'partner_letter.warning.doubt_no_psc':
      'خدمة حساسة مفتوحة للمهنيين، وعليها قبول Pro Santé Connect، وهي لا تقبل أي مزوّد من هذا النوع.',
    'partner_letter.warning.doubt_single':
      'لا يوصل إليها إلا مزوّد هوية واحد. إذا توقف فلن يدخل أحد: وفّروا مزوّدًا ثانيًا.',
    'partner_letter.warning.doubt_nobody': 'لا يبلغ أي مزوّد هوية المستوى المطلوب: لا يستطيع أحد الدخول.',
  },
}
