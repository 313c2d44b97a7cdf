/** The words of letters about mandates, and why a use of one stands out. */
import type { Messages } from '../http/messages.ts'

export const mandateLetterMessages: Messages = {
  fr: {
    'mandate_use.other_country': 'Depuis un pays d’où le mandat n’avait jamais servi.',
    'mandate_use.burst': 'Bien plus souvent en une heure que jamais auparavant.',
    'mandate_use.first_pay': 'Première fois avec le droit de payer.',
    'mandate_use.first_submit': 'Première fois avec le droit d’envoyer.',
    'mandate_use.first_by_person': 'Première fois par cette personne.',
    'mandate_use.unusual_hour': 'À une heure où personne ne s’en sert d’habitude.',
    'mandate_use.after_silence': 'Après plus de trois mois sans servir.',

    'alert.label.mandate': 'Mandat :',
    'alert.mandate.between': 'de {principal} à {mandatary}, jusqu’au {until}',
    'alert.mandate.others': '{count, plural, one {et # autre} other {et # autres}}',
    'alert.mandate.nobody': 'quelqu’un qui n’est plus connu',
    'alert.mandate.news': 'Il y a du nouveau dans vos mandats',
    'alert.mandate.news.text':
      'Cette adresse n’est pas encore confirmée : nous n’y écrivons pas le détail. Vous le lirez dans votre espace.',
    'alert.mandate.proposed':
      '{count, plural, one {Un mandat attend votre réponse} other {# mandats attendent votre réponse}}',
    'alert.mandate.proposed.text':
      'L’autre côté propose ce qui suit. Rien n’est permis avant que les deux côtés aient signé. Sans réponse sous 21 jours, la proposition tombe.',
    'alert.mandate.given':
      '{count, plural, one {Un mandat a été signé au nom de votre organisation} other {# mandats ont été signés au nom de votre organisation}}',
    'alert.mandate.given.text':
      'Un autre représentant a signé pour l’organisation. Rien n’est permis avant que le mandataire ait signé aussi.',
    'alert.mandate.accepted': '{count, plural, one {Un mandat est en vigueur} other {# mandats sont en vigueur}}',
    'alert.mandate.accepted.text':
      'Les deux côtés ont signé. Le mandataire peut agir pour l’organisation, dans les limites et entre les dates du texte.',
    'alert.mandate.renewed': '{count, plural, one {Un mandat est renouvelé} other {# mandats sont renouvelés}}',
    'alert.mandate.renewed.text': 'Les deux côtés ont signé un mandat qui prend la suite du précédent.',
    'alert.mandate.refused': '{count, plural, one {Un mandat a été refusé} other {# mandats ont été refusés}}',
    'alert.mandate.refused.text': 'L’autre côté n’a pas accepté. Rien n’est permis.',
    'alert.mandate.refused.rights.text':
      'L’autre côté n’a pas accepté : trop de droits, ou pas les bons. Rien n’est permis.',
    'alert.mandate.refused.dates.text':
      'L’autre côté n’a pas accepté : les dates ne lui conviennent pas. Rien n’est permis.',
    'alert.mandate.refused.not_expected.text':
      'L’autre côté n’a pas accepté : il n’attendait pas ce mandat. Rien n’est permis.',
    'alert.mandate.refused.other.text': 'L’autre côté n’a pas accepté. Rien n’est permis.',
    'alert.mandate.unanswered':
      '{count, plural, one {Un mandat est resté sans réponse} other {# mandats sont restés sans réponse}}',
    'alert.mandate.unanswered.text': 'En 21 jours, l’autre côté n’a pas signé. La proposition est tombée.',
    'alert.mandate.ending':
      '{count, plural, one {Un mandat se termine dans {days, plural, one {# jour} other {# jours}}} other {# mandats se terminent dans {days, plural, one {# jour} other {# jours}}}}',
    'alert.mandate.ending.text':
      'Passé son dernier jour, un mandat ne permet plus rien. Un nouveau mandat se signe des deux côtés : préparez-le assez tôt.',
    'alert.mandate.suspended': '{count, plural, one {Un mandat est suspendu} other {# mandats sont suspendus}}',
    'alert.mandate.suspended.principal.text':
      'Le mandant l’a suspendu. Plus personne ne peut s’en servir jusqu’à ce qu’il le reprenne.',
    'alert.mandate.suspended.operator.text':
      'Par précaution, notre équipe l’a suspendu. Plus personne ne peut s’en servir. Demandez-nous pourquoi.',
    'alert.mandate.resumed': '{count, plural, one {Un mandat est repris} other {# mandats sont repris}}',
    'alert.mandate.resumed.text': 'Il avait été suspendu ; il permet de nouveau d’agir, dans les mêmes limites.',
    'alert.mandate.to_confirm': '{count, plural, one {Un mandat est à confirmer} other {# mandats sont à confirmer}}',
    'alert.mandate.to_confirm.text':
      'Celui qui l’a signé pour le mandant ne représente plus l’organisation. Plus personne ne peut s’en servir jusqu’à ce qu’un autre représentant le signe. Sans signature sous 30 jours, il prend fin.',
    'alert.mandate.confirmed': '{count, plural, one {Un mandat est confirmé} other {# mandats sont confirmés}}',
    'alert.mandate.confirmed.text':
      'Un représentant de l’organisation l’a signé à son tour. Il permet de nouveau d’agir.',
    'alert.mandate.ended': '{count, plural, one {Un mandat a pris fin} other {# mandats ont pris fin}}',
    'alert.mandate.ended.revoked.text': 'Le mandant l’a révoqué. Plus personne ne peut s’en servir.',
    'alert.mandate.ended.renounced.text': 'Le mandataire y a renoncé. Plus personne ne peut s’en servir.',
    'alert.mandate.ended.term.text': 'Il est arrivé à son terme. Plus personne ne peut s’en servir.',
    'alert.mandate.ended.withdrawn.text': 'Celui qui l’avait proposé l’a retiré. Rien n’est permis.',
    'alert.mandate.ended.authority_lost.text':
      'Plus personne ne le porte pour le mandant. Plus personne ne peut s’en servir.',
    'alert.mandate.ended.fraud.text': 'Notre équipe y a mis fin pour fraude. Plus personne ne peut s’en servir.',
    'alert.mandate.unusual':
      '{count, plural, one {Un mandat a servi d’une façon inhabituelle} other {# mandats ont servi d’une façon inhabituelle}}',
    'alert.mandate.unusual.text':
      'Quelqu’un a agi pour votre organisation d’une façon qui sort de l’ordinaire. C’est peut-être normal : regardez, et arrêtez si ce ne l’est pas.',
    'alert.step.mandate_answer': 'Lisez le texte, puis signez-le ou refusez-le.',
    'alert.step.mandate_not_expected':
      'Si vous ne l’attendiez pas, refusez-le : ne signez pas ce que vous n’avez pas demandé.',
    'alert.step.mandate_watch': 'Vous y verrez chaque utilisation.',
    'alert.step.mandate_end': 'Si vous ne l’avez pas voulu, mettez-y fin : l’effet est immédiat.',
    'alert.step.mandate_use':
      'Pour vous en servir, identifiez-vous au service avec votre propre identité, puis choisissez l’organisation.',
    'alert.step.mandate_again': 'Vous pouvez rédiger un autre mandat.',
    'alert.step.mandate_renew': 'Ouvrez le mandat et renouvelez-le, ou laissez-le finir.',
    'alert.step.mandate_ask_renewal': 'Ouvrez le mandat et proposez de le renouveler, ou demandez-le à l’organisation.',
    'alert.step.mandate_resume': 'Vous pouvez le reprendre quand vous le voulez.',
    'alert.step.mandate_ask': 'Pour savoir pourquoi, adressez-vous à l’organisation.',
    'alert.step.mandate_confirm': 'Si vous représentez l’organisation, lisez le texte et signez-le, ou mettez-y fin.',
    'alert.step.mandate_look': 'Ouvrez le mandat : l’utilisation y est marquée, avec la raison.',
    'alert.step.mandate_suspend': 'En cas de doute, suspendez-le au même endroit : vous pourrez le reprendre.',
  },
  en: {
    'mandate_use.other_country': 'From a country where the mandate was never used.',
    'mandate_use.burst': 'Far more often in an hour than ever before.',
    'mandate_use.first_pay': 'For the first time with the right to pay.',
    'mandate_use.first_submit': 'For the first time with the right to submit.',
    'mandate_use.first_by_person': 'For the first time by this person.',
    'mandate_use.unusual_hour': 'At an hour at which nobody uses it as a rule.',
    'mandate_use.after_silence': 'After more than three months without a use.',

    'alert.label.mandate': 'Mandate:',
    'alert.mandate.between': 'from {principal} to {mandatary}, up to {until}',
    'alert.mandate.others': '{count, plural, one {and # other} other {and # others}}',
    'alert.mandate.nobody': 'somebody who is known no more',
    'alert.mandate.news': 'There is news of your mandates',
    'alert.mandate.news.text':
      'This address is not confirmed yet: we do not write the details there. You will read them in your space.',
    'alert.mandate.proposed':
      '{count, plural, one {A mandate waits for your answer} other {# mandates wait for your answer}}',
    'alert.mandate.proposed.text':
      'The other side proposes what follows. Nothing is allowed before both sides have signed. Without an answer within 21 days the proposal lapses.',
    'alert.mandate.given':
      '{count, plural, one {A mandate was signed in the name of your organisation} other {# mandates were signed in the name of your organisation}}',
    'alert.mandate.given.text':
      'Another representative signed for the organisation. Nothing is allowed before the mandatary has signed as well.',
    'alert.mandate.accepted': '{count, plural, one {A mandate is in force} other {# mandates are in force}}',
    'alert.mandate.accepted.text':
      'Both sides have signed. The mandatary may act for the organisation, within the limits and between the dates of the text.',
    'alert.mandate.renewed': '{count, plural, one {A mandate is renewed} other {# mandates are renewed}}',
    'alert.mandate.renewed.text': 'Both sides have signed a mandate that follows the one before.',
    'alert.mandate.refused': '{count, plural, one {A mandate was refused} other {# mandates were refused}}',
    'alert.mandate.refused.text': 'The other side did not accept. Nothing is allowed.',
    'alert.mandate.refused.rights.text':
      'The other side did not accept: too many rights, or not the right ones. Nothing is allowed.',
    'alert.mandate.refused.dates.text': 'The other side did not accept: the dates do not suit. Nothing is allowed.',
    'alert.mandate.refused.not_expected.text':
      'The other side did not accept: they did not expect this mandate. Nothing is allowed.',
    'alert.mandate.refused.other.text': 'The other side did not accept. Nothing is allowed.',
    'alert.mandate.unanswered':
      '{count, plural, one {A mandate was not answered} other {# mandates were not answered}}',
    'alert.mandate.unanswered.text': 'Within 21 days the other side did not sign. The proposal has lapsed.',
    'alert.mandate.ending':
      '{count, plural, one {A mandate ends in {days, plural, one {# day} other {# days}}} other {# mandates end in {days, plural, one {# day} other {# days}}}}',
    'alert.mandate.ending.text':
      'After its last day a mandate allows nothing any more. A new mandate takes both signatures: prepare it in time.',
    'alert.mandate.suspended': '{count, plural, one {A mandate is suspended} other {# mandates are suspended}}',
    'alert.mandate.suspended.principal.text': 'The principal suspended it. Nobody can use it until they resume it.',
    'alert.mandate.suspended.operator.text': 'To be safe, our team suspended it. Nobody can use it. Ask us why.',
    'alert.mandate.resumed': '{count, plural, one {A mandate is resumed} other {# mandates are resumed}}',
    'alert.mandate.resumed.text': 'It had been suspended; it lets somebody act again, within the same limits.',
    'alert.mandate.to_confirm':
      '{count, plural, one {A mandate is to be confirmed} other {# mandates are to be confirmed}}',
    'alert.mandate.to_confirm.text':
      'Who signed it for the principal represents the organisation no more. Nobody can use it until another representative signs it. Without a signature within 30 days it ends.',
    'alert.mandate.confirmed': '{count, plural, one {A mandate is confirmed} other {# mandates are confirmed}}',
    'alert.mandate.confirmed.text':
      'A representative of the organisation signed it in turn. It lets somebody act again.',
    'alert.mandate.ended': '{count, plural, one {A mandate has ended} other {# mandates have ended}}',
    'alert.mandate.ended.revoked.text': 'The principal revoked it. Nobody can use it any more.',
    'alert.mandate.ended.renounced.text': 'The mandatary renounced it. Nobody can use it any more.',
    'alert.mandate.ended.term.text': 'It came to its term. Nobody can use it any more.',
    'alert.mandate.ended.withdrawn.text': 'Whoever had proposed it withdrew it. Nothing is allowed.',
    'alert.mandate.ended.authority_lost.text':
      'Nobody stands for it on the principal’s side any more. Nobody can use it.',
    'alert.mandate.ended.fraud.text': 'Our team ended it for fraud. Nobody can use it any more.',
    'alert.mandate.unusual':
      '{count, plural, one {A mandate was used in an unusual way} other {# mandates were used in an unusual way}}',
    'alert.mandate.unusual.text':
      'Somebody acted for your organisation in a way that is out of the ordinary. It may be all right: look, and stop it if it is not.',
    'alert.step.mandate_answer': 'Read the text, then sign it or refuse it.',
    'alert.step.mandate_not_expected': 'If you did not expect it, refuse it: do not sign what you did not ask for.',
    'alert.step.mandate_watch': 'You will see each use there.',
    'alert.step.mandate_end': 'If you did not want it, end it: that takes effect at once.',
    'alert.step.mandate_use': 'To use it, sign in to the service with your own identity, then choose the organisation.',
    'alert.step.mandate_again': 'You can draft another mandate.',
    'alert.step.mandate_renew': 'Open the mandate and renew it, or let it end.',
    'alert.step.mandate_ask_renewal': 'Open the mandate and propose to renew it, or ask the organisation to.',
    'alert.step.mandate_resume': 'You can resume it when you want to.',
    'alert.step.mandate_ask': 'To know why, turn to the organisation.',
    'alert.step.mandate_confirm': 'If you represent the organisation, read the text and sign it, or end it.',
    'alert.step.mandate_look': 'Open the mandate: the use is marked there, with the reason.',
    'alert.step.mandate_suspend': 'When in doubt, suspend it in the same place: you can resume it.',
  },
  ar: {
    'mandate_use.other_country': 'من بلد لم يُستعمل منه التوكيل من قبل.',
    'mandate_use.burst': 'خلال ساعة واحدة أكثر بكثير من أي وقت مضى.',
    'mandate_use.first_pay': 'أول مرة مع حق الدفع.',
    'mandate_use.first_submit': 'أول مرة مع حق الإرسال.',
    'mandate_use.first_by_person': 'أول مرة من طرف هذا الشخص.',
    'mandate_use.unusual_hour': 'في ساعة لا يستعمله فيها أحد عادةً.',
    'mandate_use.after_silence': 'بعد أكثر من ثلاثة أشهر دون استعمال.',

    'alert.label.mandate': 'التوكيل:',
    'alert.mandate.between': 'من {principal} إلى {mandatary}، حتى {until}',
    'alert.mandate.others':
      '{count, plural, one {وتوكيل آخر} two {وتوكيلان آخران} few {و# توكيلات أخرى} other {و# توكيلًا آخر}}',
    'alert.mandate.nobody': 'من لم يعد معروفًا',
    'alert.mandate.news': 'هناك جديد في توكيلاتك',
    'alert.mandate.news.text': 'لم يُؤكَّد هذا العنوان بعد: لا نكتب فيه التفاصيل. ستقرؤها في فضائك.',
    'alert.mandate.proposed':
      '{count, plural, one {توكيل ينتظر جوابك} two {توكيلان ينتظران جوابك} few {# توكيلات تنتظر جوابك} other {# توكيلًا ينتظر جوابك}}',
    'alert.mandate.proposed.text':
      'يقترح الطرف الآخر ما يلي. لا يُسمح بشيء قبل أن يوقّع الطرفان. ويسقط الاقتراح إن لم يأت جواب خلال 21 يومًا.',
    'alert.mandate.given':
      '{count, plural, one {وُقّع توكيل باسم مؤسستك} two {وُقّع توكيلان باسم مؤسستك} few {وُقّعت # توكيلات باسم مؤسستك} other {وُقّع # توكيلًا باسم مؤسستك}}',
    'alert.mandate.given.text': 'وقّع ممثل آخر عن المؤسسة. لا يُسمح بشيء قبل أن يوقّع الوكيل أيضًا.',
    'alert.mandate.accepted':
      '{count, plural, one {أصبح توكيل ساريًا} two {أصبح توكيلان ساريين} few {أصبحت # توكيلات سارية} other {أصبح # توكيلًا ساريًا}}',
    'alert.mandate.accepted.text': 'وقّع الطرفان. يستطيع الوكيل أن يتصرف باسم المؤسسة ضمن حدود النص وبين تاريخيه.',
    'alert.mandate.renewed':
      '{count, plural, one {جُدّد توكيل} two {جُدّد توكيلان} few {جُدّدت # توكيلات} other {جُدّد # توكيلًا}}',
    'alert.mandate.renewed.text': 'وقّع الطرفان توكيلًا يأتي بعد السابق.',
    'alert.mandate.refused':
      '{count, plural, one {رُفض توكيل} two {رُفض توكيلان} few {رُفضت # توكيلات} other {رُفض # توكيلًا}}',
    'alert.mandate.refused.text': 'لم يقبل الطرف الآخر. لا يُسمح بشيء.',
    'alert.mandate.refused.rights.text': 'لم يقبل الطرف الآخر: حقوق أكثر من اللازم أو غير المناسبة. لا يُسمح بشيء.',
    'alert.mandate.refused.dates.text': 'لم يقبل الطرف الآخر: لا تناسبه التواريخ. لا يُسمح بشيء.',
    'alert.mandate.refused.not_expected.text': 'لم يقبل الطرف الآخر: لم يكن ينتظر هذا التوكيل. لا يُسمح بشيء.',
    'alert.mandate.refused.other.text': 'لم يقبل الطرف الآخر. لا يُسمح بشيء.',
    'alert.mandate.unanswered':
      '{count, plural, one {بقي توكيل دون جواب} two {بقي توكيلان دون جواب} few {بقيت # توكيلات دون جواب} other {بقي # توكيلًا دون جواب}}',
    'alert.mandate.unanswered.text': 'لم يوقّع الطرف الآخر خلال 21 يومًا. سقط الاقتراح.',
    'alert.mandate.ending':
      '{count, plural, one {توكيل ينتهي خلال {days, plural, one {يوم} two {يومين} few {# أيام} other {# يومًا}}} two {توكيلان ينتهيان خلال {days, plural, one {يوم} two {يومين} few {# أيام} other {# يومًا}}} few {# توكيلات تنتهي خلال {days, plural, one {يوم} two {يومين} few {# أيام} other {# يومًا}}} other {# توكيلًا ينتهي خلال {days, plural, one {يوم} two {يومين} few {# أيام} other {# يومًا}}}}',
    'alert.mandate.ending.text':
      'بعد اليوم الأخير لا يسمح التوكيل بشيء. والتوكيل الجديد يوقّعه الطرفان: أعدّه في وقت كافٍ.',
    'alert.mandate.suspended':
      '{count, plural, one {عُلّق توكيل} two {عُلّق توكيلان} few {عُلّقت # توكيلات} other {عُلّق # توكيلًا}}',
    'alert.mandate.suspended.principal.text': 'علّقه الموكِّل. لا يستطيع أحد استعماله إلى أن يستأنفه.',
    'alert.mandate.suspended.operator.text': 'علّقه فريقنا احتياطًا. لا يستطيع أحد استعماله. اسألنا عن السبب.',
    'alert.mandate.resumed':
      '{count, plural, one {استُؤنف توكيل} two {استُؤنف توكيلان} few {استُؤنفت # توكيلات} other {استُؤنف # توكيلًا}}',
    'alert.mandate.resumed.text': 'كان معلّقًا، وهو يتيح التصرف من جديد ضمن الحدود نفسها.',
    'alert.mandate.to_confirm':
      '{count, plural, one {توكيل يحتاج إلى تأكيد} two {توكيلان يحتاجان إلى تأكيد} few {# توكيلات تحتاج إلى تأكيد} other {# توكيلًا يحتاج إلى تأكيد}}',
    'alert.mandate.to_confirm.text':
      'من وقّعه عن الموكِّل لم يعد يمثل المؤسسة. لا يستطيع أحد استعماله إلى أن يوقّعه ممثل آخر. وينتهي إن لم يُوقّع خلال 30 يومًا.',
    'alert.mandate.confirmed':
      '{count, plural, one {أُكّد توكيل} two {أُكّد توكيلان} few {أُكّدت # توكيلات} other {أُكّد # توكيلًا}}',
    'alert.mandate.confirmed.text': 'وقّعه ممثل آخر للمؤسسة. وهو يتيح التصرف من جديد.',
    'alert.mandate.ended':
      '{count, plural, one {انتهى توكيل} two {انتهى توكيلان} few {انتهت # توكيلات} other {انتهى # توكيلًا}}',
    'alert.mandate.ended.revoked.text': 'ألغاه الموكِّل. لا يستطيع أحد استعماله.',
    'alert.mandate.ended.renounced.text': 'تنازل عنه الوكيل. لا يستطيع أحد استعماله.',
    'alert.mandate.ended.term.text': 'بلغ أجله. لا يستطيع أحد استعماله.',
    'alert.mandate.ended.withdrawn.text': 'سحبه من كان قد اقترحه. لا يُسمح بشيء.',
    'alert.mandate.ended.authority_lost.text': 'لم يعد أحد يتحمّله عن الموكِّل. لا يستطيع أحد استعماله.',
    'alert.mandate.ended.fraud.text': 'أنهاه فريقنا بسبب احتيال. لا يستطيع أحد استعماله.',
    'alert.mandate.unusual':
      '{count, plural, one {استُعمل توكيل على نحو غير معتاد} two {استُعمل توكيلان على نحو غير معتاد} few {استُعملت # توكيلات على نحو غير معتاد} other {استُعمل # توكيلًا على نحو غير معتاد}}',
    'alert.mandate.unusual.text':
      'تصرّف شخص باسم مؤسستك على نحو خارج عن المعتاد. قد يكون ذلك طبيعيًا: انظر، وأوقفه إن لم يكن كذلك.',
    'alert.step.mandate_answer': 'اقرأ النص ثم وقّعه أو ارفضه.',
    'alert.step.mandate_not_expected': 'إن لم تكن تنتظره فارفضه: لا توقّع ما لم تطلبه.',
    'alert.step.mandate_watch': 'ترى هناك كل استعمال.',
    'alert.step.mandate_end': 'إن لم ترده فأنهِه: يسري ذلك فورًا.',
    'alert.step.mandate_use': 'لاستعماله، سجّل الدخول إلى الخدمة بهويتك أنت ثم اختر المؤسسة.',
    'alert.step.mandate_again': 'يمكنك تحرير توكيل آخر.',
    'alert.step.mandate_renew': 'افتح التوكيل وجدّده، أو اتركه ينتهي.',
    'alert.step.mandate_ask_renewal': 'افتح التوكيل واقترح تجديده، أو اطلب ذلك من المؤسسة.',
    'alert.step.mandate_resume': 'يمكنك استئنافه متى شئت.',
    'alert.step.mandate_ask': 'لمعرفة السبب، توجّه إلى المؤسسة.',
    'alert.step.mandate_confirm': 'إن كنت تمثل المؤسسة فاقرأ النص ووقّعه، أو أنهِه.',
    'alert.step.mandate_look': 'افتح التوكيل: الاستعمال مُعلَّم هناك مع السبب.',
    'alert.step.mandate_suspend': 'عند الشك علّقه في المكان نفسه: يمكنك استئنافه.',
  },
}
