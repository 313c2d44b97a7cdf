/**
 * The words of letters about cases of identity theft, in the three languages: `alert.case.*` to the person, with the
 * labels and steps of `messages.ts`; `case_letter.*` to partners, to operators, and to who reported without signing in.
 */
import type { Messages } from '../http/messages.ts'

export const caseLetterMessages: Messages = {
  fr: {
    'alert.case.news': 'Un dossier sur votre identité a avancé',
    'alert.case.news.text':
      'Cette adresse n’a pas été confirmée par un compte plus fort : elle apprend seulement qu’il se passe quelque chose. Vous lirez le reste dans votre espace.',
    'alert.case.opened': 'Votre signalement nous est parvenu',
    'alert.case.opened.text':
      'Vous avez signalé que quelqu’un s’est peut-être servi de votre identité. Nous allons le regarder, au besoin avec vous, puis prévenir les organismes concernés. Vous apprendrez le résultat.',
    'alert.case.opened.form.text':
      'Quelqu’un a signalé, sans s’identifier, un usage de votre identité, et a donné un code et l’état civil qui sont les vôtres. Si c’était vous, gardez la référence. Sinon, dites-le à l’assistance : quelqu’un détient un de nos messages.',
    'alert.case.qualified': 'Des connexions à regarder avec vous',
    'alert.case.qualified.text':
      'Une ou plusieurs connexions faites avec votre identité nous ont été signalées, et nous les examinons. Rien ne montre pour l’instant que quelqu’un d’autre les ait faites : vous êtes le mieux placé pour le dire.',
    'alert.case.qualified.hub.text':
      'Nos contrôles ont relevé une ou plusieurs connexions faites avec votre identité, et nous les examinons. Rien ne montre pour l’instant que quelqu’un d’autre les ait faites : vous êtes le mieux placé pour le dire.',
    'alert.case.notified': 'Les organismes concernés sont prévenus',
    'alert.case.notified.text':
      'Nous avons prévenu chaque organisme par lequel, ou chez lequel, ces connexions ont été faites. Chacun sait de quel compte il s’agit chez lui, et rien d’autre. Ils vérifient, protègent, et nous répondent. Vous apprendrez le résultat ; des organismes vous écriront peut-être aussi.',
    'alert.case.concluded': 'Le résultat de votre dossier',
    'alert.case.concluded.confirmed.text':
      'C’est confirmé : quelqu’un d’autre que vous s’est servi de votre identité. Les organismes concernés le savent et prennent les mesures qui leur reviennent.',
    'alert.case.concluded.not_confirmed.text':
      'Aucun usage de votre identité par quelqu’un d’autre n’a été établi. Cela ne veut pas dire que vous avez eu tort de le signaler.',
    'alert.case.revised': 'Votre dossier est repris',
    'alert.case.revised.text':
      'Un élément nouveau est apparu. Le résultat que nous vous avons donné ne vaut plus : nous examinons de nouveau votre dossier, et vous apprendrez ce qu’il en est.',
    'alert.case.closed': 'Votre dossier est clos',
    'alert.case.closed.settled.text': 'Ce qu’il fallait faire est fait. Il n’y a rien de plus à examiner.',
    'alert.case.closed.not_a_theft.text':
      'Après examen, ces connexions ne viennent pas de quelqu’un d’autre. Si vous n’êtes pas de cet avis, signalez-le de nouveau et dites pourquoi.',
    'alert.case.closed.duplicate.text':
      'Il parlait de la même chose qu’un autre de vos dossiers, qui continue et où vous lirez la suite.',
    'alert.case.closed.no_answer.text':
      'Nous avions besoin de votre réponse pour continuer, et nous ne l’avons pas reçue. Rien n’est perdu : vous pouvez le signaler de nouveau.',
    'alert.case.closed.nothing_found.text':
      'Avec ce que vous nous avez donné, nous n’avons trouvé aucun usage de votre identité à examiner. Vérifiez le code ; vous pouvez le signaler de nouveau.',
    'alert.label.case': 'Référence du dossier :',
    'alert.label.connection': 'Connexion :',
    'alert.step.case_follow': 'Suivez le dossier sous « Signalements ».',
    'alert.step.case_say':
      'Ouvrez ce dossier sous « Signalements » et écrivez-nous si c’était vous. Si c’était vous, le dossier s’arrête là.',
    'alert.step.case_password':
      'Changez l’identifiant et le mot de passe du compte qui a servi, en tapant vous-même son adresse, et partout où vous aviez le même.',
    'alert.step.case_stop': 'Si vous avez un doute, bloquez ce compte, ou gelez toute votre identité : c’est immédiat.',
    'alert.step.case_stronger': 'Préférez un compte qui demande une seconde preuve.',
    'alert.step.case_watch': 'Lisez vos alertes et votre historique, et signalez tout ce que vous ne reconnaissez pas.',
    'alert.step.case_keep': 'Gardez ce message : sa référence vous aidera si vous portez plainte.',
    'alert.step.case_lift':
      'Si vous aviez bloqué un compte ou gelé votre identité, changez d’abord les mots de passe en cause. Levez ensuite ce que vous voulez lever.',

    'case_letter.party.object.service': 'Service :',
    'case_letter.party.object.provider': 'Fournisseur d’identité :',
    'case_letter.party.reference': 'Votre référence :',
    'case_letter.party.subject': 'Identifiant (sub) que vous connaissez :',
    'case_letter.party.utc': 'Connexion, en temps universel (UTC) :',
    'case_letter.party.local': 'La même, à l’heure du portail :',
    'case_letter.party.level': 'Son niveau de garantie :',
    'case_letter.party.due': 'Réponse attendue avant :',
    'case_letter.party.due_utc': 'La même échéance, en temps universel (UTC) :',
    'case_letter.party.verdict': 'Conclusion :',
    'case_letter.verdict.confirmed': 'usurpation confirmée',
    'case_letter.verdict.not_confirmed': 'usurpation non confirmée',
    'case_letter.party.duties': 'Ce qui vous revient',
    'case_letter.party.answer': 'Où répondre',
    'case_letter.party.answer.desk':
      'Dans l’espace des partenaires : tapez vous-même son adresse, {host}, identifiez-vous, puis ouvrez « Dossiers » et cette référence.',
    'case_letter.party.answer.api':
      'Ou par l’API, si l’un de vos programmes y est inscrit pour {object} : même référence, mêmes champs.',
    'case_letter.party.care':
      'Cet identifiant désigne une personne : ne transférez ce message qu’à ceux qui ont à traiter ce signalement.',
    'case_letter.no_link':
      'Ce message ne contient aucun lien, et nous ne vous demanderons jamais de code par message. Dans le doute, comparez-le avec ce que montre l’espace des partenaires.',
    'case_letter.duty.provider.protect':
      'Protégez le compte, par la mesure de votre choix : remise à zéro des facteurs, suspension, blocage, vérification d’identité, contrôles renforcés.',
    'case_letter.duty.provider.similar':
      'Cherchez si d’autres comptes montrent la même chose : activité liée, motifs qui se répètent.',
    'case_letter.duty.provider.inform':
      'Prévenez votre usager : ce qui s’est passé, ce que vous avez fait, comment reprendre la main.',
    'case_letter.duty.provider.breach':
      'Évaluez s’il y a violation de données à notifier à l’autorité : 72 heures à compter du moment où vous en avez connaissance.',
    'case_letter.duty.provider.feedback': 'Dites-nous si l’usurpation est confirmée ou non, et ce que vous avez fait.',
    'case_letter.duty.service.identify': 'Retrouvez le ou les comptes que désigne cet identifiant.',
    'case_letter.duty.service.analyse': 'Analysez ce qui a été fait pendant ces connexions : opérations, journaux.',
    'case_letter.duty.service.feedback': 'Dites-nous si l’usurpation est confirmée ou non.',
    'case_letter.duty.service.protect': 'Protégez : annulez les opérations frauduleuses, renforcez les contrôles.',
    'case_letter.duty.service.inform': 'Prévenez les personnes concernées.',
    'case_letter.duty.service.breach':
      'Évaluez s’il y a violation de données à notifier à l’autorité : 72 heures à compter du moment où vous en avez connaissance.',
    'case_letter.party_notified.title': 'Usurpation d’identité signalée : {object}',
    'case_letter.party_notified.text':
      'Une connexion faite avec l’identité d’une personne que vous connaissez a été signalée comme n’étant peut-être pas d’elle. Rien n’est encore établi : votre analyse en décidera.',
    'case_letter.party_reminded.title': 'Rappel, usurpation signalée : {object}',
    'case_letter.party_reminded.text':
      'Nous vous avons signalé une possible usurpation d’identité, et nous attendons votre réponse. Si vous cherchez encore, envoyez déjà ce que vous savez : vous pourrez compléter.',
    'case_letter.party_due.title': 'Réponse attendue maintenant : {object}',
    'case_letter.party_due.text':
      'Le délai de votre réponse à une possible usurpation d’identité est écoulé. Sans réponse d’ici un jour, nous l’écrirons aussi à votre contact administratif et aux responsables du portail.',
    'case_letter.party_overdue.title': 'Sans réponse de votre part : {object}',
    'case_letter.party_overdue.text':
      'Malgré nos rappels, une possible usurpation d’identité attend votre réponse, et une personne l’attend avec nous. Les responsables du portail en sont informés. Votre réponse reste attendue, même tardive.',
    'case_letter.party_concluded.title': 'Conclusion d’un dossier : {object}',
    'case_letter.party_concluded.text':
      'Le dossier au sujet duquel nous vous avons écrit a une conclusion. Ce qui vous revient encore est écrit ici.',
    'case_letter.party_revised.title': 'Dossier repris : {object}',
    'case_letter.party_revised.text':
      'Un élément nouveau est apparu : la conclusion que nous vous avons donnée ne vaut plus. Ce que vous avez répondu est conservé, et vous pouvez le compléter.',
    'case_letter.digest.title': 'Dossiers d’usurpation : à regarder',
    'case_letter.digest.waiting':
      '{count, plural, =0 {Aucun signalement n’attend d’être qualifié.} one {# signalement attend d’être qualifié.} other {# signalements attendent d’être qualifiés.}}',
    'case_letter.digest.overdue':
      '{count, plural, one {# réponse de partenaire est en retard, et le partenaire en a été prévenu :} other {# réponses de partenaires sont en retard, et les partenaires en ont été prévenus :}}',
    'case_letter.digest.line': '{object} ({partner}), référence {reference}, attendue avant le {date}',
    'case_letter.digest.more': 'D’autres encore, que montre la console.',
    'case_letter.digest.where': 'Ouvrez la console en tapant vous-même son adresse : {host}',
    'case_letter.unreachable.title': 'Un partenaire ne peut pas être prévenu : {object}',
    'case_letter.unreachable.text':
      'Notre lettre au sujet d’une usurpation signalée n’a pas pu être remise chez {partner} : pas d’adresse, ou une adresse qui refuse. Appelez-les, puis faites corriger leurs contacts.',
    'case_letter.unreachable.reference': 'Leur référence :',
    'case_letter.operators.no_link':
      'Ce message ne contient aucun lien, et personne ne vous demandera de code par message.',
    'case_letter.reporter_received.title': '{hub} : votre signalement nous est parvenu',
    'case_letter.reporter_received.text':
      'Bonjour,\n\nUn signalement d’usurpation d’identité a été fait avec cette adresse pour contact. Sa référence : {reference}\n\nPour savoir où il en est, tapez vous-même {host} dans votre navigateur, et donnez cette référence avec la clé qui a été affichée à la fin du formulaire.\n\nCe message ne dit rien de ce que nous trouverons : il serait le même pour tout signalement. Si vous n’avez rien signalé, vous n’avez rien à faire.',
    'case_letter.reporter_over.title': '{hub} : un signalement est terminé',
    'case_letter.reporter_over.text':
      'Bonjour,\n\nLe traitement du signalement de référence {reference} est terminé.\n\nNous n’écrivons pas le résultat à une adresse que personne n’a vérifiée. Pour le lire, ouvrez votre espace en tapant vous-même {space}, ou demandez à l’assistance.',
  },
  en: {
    'alert.case.news': 'A case about your identity moved on',
    'alert.case.news.text':
      'This address was not confirmed by a stronger account: it only hears that something happens. You will read the rest in your space.',
    'alert.case.opened': 'Your report has reached us',
    'alert.case.opened.text':
      'You reported that somebody may have used your identity. We will look at it, with you where needed, then tell the organisations concerned. You will hear the outcome.',
    'alert.case.opened.form.text':
      'Somebody reported, without signing in, a use of your identity, and gave a code and the civil status that are yours. If it was you, keep the reference. If not, tell support: somebody holds one of our messages.',
    'alert.case.qualified': 'Sign-ins to look at with you',
    'alert.case.qualified.text':
      'One or more sign-ins made with your identity were reported to us, and we are looking into them. Nothing shows so far that somebody else made them: you know best.',
    'alert.case.qualified.hub.text':
      'Our checks noticed one or more sign-ins made with your identity, and we are looking into them. Nothing shows so far that somebody else made them: you know best.',
    'alert.case.notified': 'The organisations concerned have been told',
    'alert.case.notified.text':
      'We told each organisation by which, or at which, these sign-ins were made. Each knows which account it is with them, and nothing else. They check, protect, and answer us. You will hear the outcome; organisations may write to you as well.',
    'alert.case.concluded': 'The outcome of your case',
    'alert.case.concluded.confirmed.text':
      'It is confirmed: somebody else than you used your identity. The organisations concerned know it and do what is theirs to do.',
    'alert.case.concluded.not_confirmed.text':
      'No use of your identity by somebody else was established. That does not mean that you were wrong to report it.',
    'alert.case.revised': 'Your case is taken up again',
    'alert.case.revised.text':
      'Something new came up. The outcome that we told you does not hold any more: we are looking into your case again, and you will hear what comes of it.',
    'alert.case.closed': 'Your case is closed',
    'alert.case.closed.settled.text': 'What had to be done is done. There is nothing more to look into.',
    'alert.case.closed.not_a_theft.text':
      'We looked into it: these sign-ins do not come from somebody else. If you see it otherwise, report it again and say why.',
    'alert.case.closed.duplicate.text':
      'It was about the same thing as another case of yours, which goes on, and where you will read the rest.',
    'alert.case.closed.no_answer.text':
      'We needed your answer to go on, and did not get it. Nothing is lost: you can report it again.',
    'alert.case.closed.nothing_found.text':
      'With what you gave us, we found no use of your identity to look into. Check the code; you can report it again.',
    'alert.label.case': 'Reference of the case:',
    'alert.label.connection': 'Sign-in:',
    'alert.step.case_follow': 'Follow the case under “Reports”.',
    'alert.step.case_say':
      'Open this case under “Reports” and write to us whether it was you. If it was, the case stops there.',
    'alert.step.case_password':
      'Change the login and the password of the account that was used, by typing its address yourself, and wherever else you had the same.',
    'alert.step.case_stop': 'If in doubt, block that account, or freeze your whole identity: it works at once.',
    'alert.step.case_stronger': 'Prefer an account that asks for a second proof.',
    'alert.step.case_watch': 'Read your alerts and your history, and report whatever you do not recognise.',
    'alert.step.case_keep': 'Keep this message: its reference helps you if you file a complaint.',
    'alert.step.case_lift':
      'If you had blocked an account or frozen your identity, first change the passwords in question. Then lift what you want to lift.',

    'case_letter.party.object.service': 'Service:',
    'case_letter.party.object.provider': 'Identity provider:',
    'case_letter.party.reference': 'Your reference:',
    'case_letter.party.subject': 'Identifier (sub) that you know:',
    'case_letter.party.utc': 'Sign-in, in universal time (UTC):',
    'case_letter.party.local': 'The same, in the time of the hub:',
    'case_letter.party.level': 'Its level of assurance:',
    'case_letter.party.due': 'Answer due before:',
    'case_letter.party.due_utc': 'The same deadline, in universal time (UTC):',
    'case_letter.party.verdict': 'Outcome:',
    'case_letter.verdict.confirmed': 'theft confirmed',
    'case_letter.verdict.not_confirmed': 'theft not confirmed',
    'case_letter.party.duties': 'What is yours to do',
    'case_letter.party.answer': 'Where to answer',
    'case_letter.party.answer.desk':
      'In the partners’ space: type its address yourself, {host}, sign in, then open “Cases” and this reference.',
    'case_letter.party.answer.api':
      'Or by the API, if one of your programs is registered there for {object}: same reference, same fields.',
    'case_letter.party.care':
      'This identifier stands for a person: forward this message only to those who have to handle this report.',
    'case_letter.no_link':
      'This message contains no link, and we will never ask you for a code by message. If in doubt, compare it with what the partners’ space shows.',
    'case_letter.duty.provider.protect':
      'Protect the account, by the measure of your choice: reset of its factors, suspension, block, check of identity, reinforced checks.',
    'case_letter.duty.provider.similar':
      'Look whether other accounts show the same: linked activity, patterns that come back.',
    'case_letter.duty.provider.inform': 'Tell your user: what happened, what you did, how to regain control.',
    'case_letter.duty.provider.breach':
      'Assess whether there is a data breach to notify to the authority: 72 hours from the moment when you become aware of it.',
    'case_letter.duty.provider.feedback': 'Tell us whether the theft is confirmed or not, and what you did.',
    'case_letter.duty.service.identify': 'Find the account or accounts that this identifier stands for.',
    'case_letter.duty.service.analyse': 'Analyse what was done during these sign-ins: operations, logs.',
    'case_letter.duty.service.feedback': 'Tell us whether the theft is confirmed or not.',
    'case_letter.duty.service.protect': 'Protect: cancel fraudulent operations, reinforce checks.',
    'case_letter.duty.service.inform': 'Tell the people concerned.',
    'case_letter.duty.service.breach':
      'Assess whether there is a data breach to notify to the authority: 72 hours from the moment when you become aware of it.',
    'case_letter.party_notified.title': 'Identity theft reported: {object}',
    'case_letter.party_notified.text':
      'A sign-in made with the identity of a person whom you know was reported as perhaps not theirs. Nothing is established yet: your analysis will decide.',
    'case_letter.party_reminded.title': 'Reminder, reported theft: {object}',
    'case_letter.party_reminded.text':
      'We told you of a possible identity theft, and are waiting for your answer. If you are still looking, send what you know already: you can add to it.',
    'case_letter.party_due.title': 'Answer due now: {object}',
    'case_letter.party_due.text':
      'The time for your answer about a possible identity theft is over. Without an answer within a day, we will also write to your administrative contact and to those who run the hub.',
    'case_letter.party_overdue.title': 'No answer from you: {object}',
    'case_letter.party_overdue.text':
      'In spite of our reminders a possible identity theft waits for your answer, and a person waits with us. Those who run the hub have been told. Your answer is still wanted, even late.',
    'case_letter.party_concluded.title': 'Outcome of a case: {object}',
    'case_letter.party_concluded.text':
      'The case about which we wrote to you has an outcome. What is still yours to do is written here.',
    'case_letter.party_revised.title': 'Case taken up again: {object}',
    'case_letter.party_revised.text':
      'Something new came up: the outcome that we told you does not hold any more. What you answered is kept, and you can add to it.',
    'case_letter.digest.title': 'Identity-theft cases: to look at',
    'case_letter.digest.waiting':
      '{count, plural, =0 {No report waits to be qualified.} one {# report waits to be qualified.} other {# reports wait to be qualified.}}',
    'case_letter.digest.overdue':
      '{count, plural, one {# answer of a partner is overdue, and the partner was told:} other {# answers of partners are overdue, and the partners were told:}}',
    'case_letter.digest.line': '{object} ({partner}), reference {reference}, due before {date}',
    'case_letter.digest.more': 'Others as well, which the console shows.',
    'case_letter.digest.where': 'Open the console by typing its address yourself: {host}',
    'case_letter.unreachable.title': 'A partner cannot be told: {object}',
    'case_letter.unreachable.text':
      'Our letter about a reported identity theft could not be delivered at {partner}: no address, or one that refuses. Call them, then have their contacts corrected.',
    'case_letter.unreachable.reference': 'Their reference:',
    'case_letter.operators.no_link': 'This message contains no link, and nobody will ask you for a code by message.',
    'case_letter.reporter_received.title': '{hub}: your report has reached us',
    'case_letter.reporter_received.text':
      'Hello,\n\nA report of identity theft was made with this address as contact. Its reference: {reference}\n\nTo see where it stands, type {host} yourself in your browser, and give this reference with the key that was shown at the end of the form.\n\nThis message says nothing of what we will find: it would be the same for any report. If you reported nothing, there is nothing to do.',
    'case_letter.reporter_over.title': '{hub}: a report is over',
    'case_letter.reporter_over.text':
      'Hello,\n\nThe report with the reference {reference} has been handled.\n\nWe do not write the outcome to an address that nobody checked. To read it, open your space by typing {space} yourself, or ask support.',
  },
  ar: {
    'alert.case.news': 'تقدّم ملف يخص هويتك',
    'alert.case.news.text': 'لم يؤكَّد هذا العنوان بحساب أقوى: فهو يُبلَّغ فقط بأن أمرًا يجري. وستقرأ الباقي في فضائك.',
    'alert.case.opened': 'وصلنا بلاغك',
    'alert.case.opened.text':
      'أبلغتَ بأن شخصًا ربما استعمل هويتك. سننظر في ذلك، معك عند الحاجة، ثم نبلغ الجهات المعنية. وستعرف النتيجة.',
    'alert.case.opened.form.text':
      'أبلغ شخص ما، من دون تسجيل الدخول، عن استعمال لهويتك، وأعطى رمزًا وبيانات حالة مدنية هي لك. إن كنت أنت فاحتفظ بالمرجع. وإلا فأخبر الدعم: هناك من يملك إحدى رسائلنا.',
    'alert.case.qualified': 'عمليات دخول لننظر فيها معك',
    'alert.case.qualified.text':
      'أُبلغنا عن عملية دخول أو أكثر بهويتك، ونحن ندرسها. لا شيء يدل حتى الآن على أن غيرك قام بها: أنت أدرى بذلك.',
    'alert.case.qualified.hub.text':
      'لاحظت فحوصنا عملية دخول أو أكثر بهويتك، ونحن ندرسها. لا شيء يدل حتى الآن على أن غيرك قام بها: أنت أدرى بذلك.',
    'alert.case.notified': 'أُبلغت الجهات المعنية',
    'alert.case.notified.text':
      'أبلغنا كل جهة جرت عمليات الدخول هذه عن طريقها أو لديها. كل منها تعرف الحساب المقصود لديها، ولا شيء غيره. وهي تتحقق وتحمي وتجيبنا. ستعرف النتيجة؛ وقد تكتب إليك جهات أيضًا.',
    'alert.case.concluded': 'نتيجة ملفك',
    'alert.case.concluded.confirmed.text':
      'تأكّد الأمر: استعمل شخص غيرك هويتك. الجهات المعنية على علم بذلك وتتخذ ما يعود إليها من تدابير.',
    'alert.case.concluded.not_confirmed.text': 'لم يثبت أن غيرك استعمل هويتك. ولا يعني ذلك أنك أخطأت بالإبلاغ.',
    'alert.case.revised': 'يُعاد النظر في ملفك',
    'alert.case.revised.text':
      'ظهر أمر جديد. النتيجة التي أخبرناك بها لم تعد قائمة: نعيد النظر في ملفك، وستعرف ما يؤول إليه.',
    'alert.case.closed': 'أُغلق ملفك',
    'alert.case.closed.settled.text': 'تم ما كان يجب فعله. لم يبق شيء للنظر فيه.',
    'alert.case.closed.not_a_theft.text':
      'بعد النظر تبيّن أن عمليات الدخول هذه ليست من شخص آخر. إن كان لك رأي آخر فأبلغ من جديد واذكر السبب.',
    'alert.case.closed.duplicate.text': 'كان يتعلق بالأمر نفسه الذي في ملف آخر لك، وهو مستمر وستقرأ البقية فيه.',
    'alert.case.closed.no_answer.text': 'احتجنا إلى جوابك لنواصل ولم يصلنا. لم يضع شيء: يمكنك أن تبلغ من جديد.',
    'alert.case.closed.nothing_found.text':
      'بما أعطيتنا لم نجد استعمالًا لهويتك ننظر فيه. تحقق من الرمز؛ ويمكنك أن تبلغ من جديد.',
    'alert.label.case': 'مرجع الملف:',
    'alert.label.connection': 'عملية الدخول:',
    'alert.step.case_follow': 'تابع الملف تحت «البلاغات».',
    'alert.step.case_say': 'افتح هذا الملف تحت «البلاغات» واكتب إلينا هل كنت أنت. إن كنت أنت، توقّف الملف عند ذلك.',
    'alert.step.case_password':
      'غيّر اسم الدخول وكلمة المرور للحساب الذي استُعمل، بعد كتابة عنوانه بنفسك، وفي كل مكان آخر كانا فيه نفسيهما.',
    'alert.step.case_stop': 'عند الشك احظر ذلك الحساب أو جمّد هويتك كلها: يسري ذلك فورًا.',
    'alert.step.case_stronger': 'فضّل حسابًا يطلب إثباتًا ثانيًا.',
    'alert.step.case_watch': 'اقرأ تنبيهاتك وسجلّك، وأبلغ عن كل ما لا تعرفه.',
    'alert.step.case_keep': 'احتفظ بهذه الرسالة: يفيدك مرجعها إن قدّمت شكوى.',
    'alert.step.case_lift': 'إن كنت قد حظرت حسابًا أو جمّدت هويتك فغيّر أولًا كلمات المرور المعنية. ثم ارفع ما تريد رفعه.',

    'case_letter.party.object.service': 'الخدمة:',
    'case_letter.party.object.provider': 'مزوّد الهوية:',
    'case_letter.party.reference': 'مرجعكم:',
    'case_letter.party.subject': 'المعرّف (sub) الذي تعرفونه:',
    'case_letter.party.utc': 'عملية الدخول بالتوقيت العالمي (UTC):',
    'case_letter.party.local': 'نفسها بتوقيت البوابة:',
    'case_letter.party.level': 'مستوى ضمانها:',
    'case_letter.party.due': 'الجواب منتظر قبل:',
    'case_letter.party.due_utc': 'الأجل نفسه بالتوقيت العالمي (UTC):',
    'case_letter.party.verdict': 'النتيجة:',
    'case_letter.verdict.confirmed': 'الانتحال مؤكد',
    'case_letter.verdict.not_confirmed': 'الانتحال غير مؤكد',
    'case_letter.party.duties': 'ما يعود إليكم',
    'case_letter.party.answer': 'أين تجيبون',
    'case_letter.party.answer.desk':
      'في فضاء الشركاء: اكتبوا عنوانه بأنفسكم، {host}، وسجّلوا الدخول، ثم افتحوا «الملفات» وهذا المرجع.',
    'case_letter.party.answer.api':
      'أو عبر واجهة البرمجة، إن كان أحد برامجكم مسجّلًا فيها من أجل {object}: المرجع نفسه والحقول نفسها.',
    'case_letter.party.care': 'يدل هذا المعرّف على شخص: لا تحيلوا هذه الرسالة إلا إلى من عليه معالجة هذا البلاغ.',
    'case_letter.no_link':
      'لا تحتوي هذه الرسالة على أي رابط، ولن نطلب منكم أبدًا رمزًا برسالة. عند الشك قارنوها بما يعرضه فضاء الشركاء.',
    'case_letter.duty.provider.protect':
      'احموا الحساب بالتدبير الذي تختارونه: إعادة ضبط عوامله، أو تعليقه، أو حظره، أو التحقق من الهوية، أو تشديد الفحوص.',
    'case_letter.duty.provider.similar': 'ابحثوا هل تُظهر حسابات أخرى الأمر نفسه: نشاط مرتبط، أنماط متكررة.',
    'case_letter.duty.provider.inform': 'أخبروا مستعملكم: ما الذي حدث، وما الذي فعلتم، وكيف يستعيد التحكم.',
    'case_letter.duty.provider.breach': 'قيّموا هل يوجد خرق للبيانات يجب إبلاغ السلطة به: 72 ساعة من لحظة علمكم به.',
    'case_letter.duty.provider.feedback': 'أخبرونا هل الانتحال مؤكد أم لا، وبما فعلتم.',
    'case_letter.duty.service.identify': 'جدوا الحساب أو الحسابات التي يدل عليها هذا المعرّف.',
    'case_letter.duty.service.analyse': 'حلّلوا ما جرى خلال عمليات الدخول هذه: العمليات والسجلات.',
    'case_letter.duty.service.feedback': 'أخبرونا هل الانتحال مؤكد أم لا.',
    'case_letter.duty.service.protect': 'احموا: ألغوا العمليات الاحتيالية وشدّدوا الفحوص.',
    'case_letter.duty.service.inform': 'أخبروا الأشخاص المعنيين.',
    'case_letter.duty.service.breach': 'قيّموا هل يوجد خرق للبيانات يجب إبلاغ السلطة به: 72 ساعة من لحظة علمكم به.',
    'case_letter.party_notified.title': 'أُبلغ عن انتحال هوية: {object}',
    'case_letter.party_notified.text':
      'أُبلغ عن عملية دخول بهوية شخص تعرفونه على أنها ربما ليست منه. لم يثبت شيء بعد: تحليلكم هو الذي سيحسم.',
    'case_letter.party_reminded.title': 'تذكير، انتحال مبلَّغ عنه: {object}',
    'case_letter.party_reminded.text':
      'أبلغناكم عن احتمال انتحال هوية، وننتظر جوابكم. إن كنتم ما زلتم تبحثون فأرسلوا ما تعرفونه: يمكنكم أن تضيفوا إليه.',
    'case_letter.party_due.title': 'الجواب منتظر الآن: {object}',
    'case_letter.party_due.text':
      'انقضت مهلة جوابكم عن احتمال انتحال هوية. إن لم يصل جواب خلال يوم فسنكتب أيضًا إلى جهة اتصالكم الإدارية وإلى مشغّلي البوابة.',
    'case_letter.party_overdue.title': 'لا جواب منكم: {object}',
    'case_letter.party_overdue.text':
      'رغم تذكيرنا ينتظر احتمال انتحال هوية جوابكم، وينتظره معنا شخص. أُبلغ مشغّلو البوابة بذلك. ما زال جوابكم مطلوبًا ولو متأخرًا.',
    'case_letter.party_concluded.title': 'نتيجة ملف: {object}',
    'case_letter.party_concluded.text': 'للملف الذي كتبنا إليكم بشأنه نتيجة. وما بقي عليكم مكتوب هنا.',
    'case_letter.party_revised.title': 'أُعيد فتح ملف: {object}',
    'case_letter.party_revised.text':
      'ظهر أمر جديد: النتيجة التي أخبرناكم بها لم تعد قائمة. ما أجبتم به محفوظ، ويمكنكم أن تضيفوا إليه.',
    'case_letter.digest.title': 'ملفات انتحال الهوية: للنظر',
    'case_letter.digest.waiting':
      '{count, plural, zero {لا بلاغ ينتظر الدراسة.} one {بلاغ واحد ينتظر الدراسة.} two {بلاغان ينتظران الدراسة.} few {# بلاغات تنتظر الدراسة.} other {# بلاغًا ينتظر الدراسة.}}',
    'case_letter.digest.overdue':
      '{count, plural, one {جواب شريك واحد متأخر، وقد أُبلغ الشريك:} two {جوابا شريكين متأخران، وقد أُبلغ الشريكان:} few {# أجوبة شركاء متأخرة، وقد أُبلغوا:} other {# جواب شركاء متأخر، وقد أُبلغوا:}}',
    'case_letter.digest.line': '{object} ({partner})، المرجع {reference}، منتظر قبل {date}',
    'case_letter.digest.more': 'وغيرها مما تعرضه لوحة التشغيل.',
    'case_letter.digest.where': 'افتحوا لوحة التشغيل بكتابة عنوانها بأنفسكم: {host}',
    'case_letter.unreachable.title': 'يتعذر إبلاغ شريك: {object}',
    'case_letter.unreachable.text':
      'تعذّر تسليم رسالتنا عن انتحال هوية مبلَّغ عنه لدى {partner}: لا عنوان، أو عنوان يرفض. اتصلوا بهم ثم اطلبوا تصحيح جهات اتصالهم.',
    'case_letter.unreachable.reference': 'مرجعهم:',
    'case_letter.operators.no_link': 'لا تحتوي هذه الرسالة على أي رابط، ولن يطلب منكم أحد رمزًا برسالة.',
    'case_letter.reporter_received.title': '{hub}: وصلنا بلاغك',
    'case_letter.reporter_received.text':
      'مرحبًا،\n\nقُدّم بلاغ عن انتحال هوية وذُكر هذا العنوان للاتصال. مرجعه: {reference}\n\nلمعرفة ما وصل إليه اكتب {host} بنفسك في متصفحك، وأعط هذا المرجع مع المفتاح الذي عُرض في نهاية الاستمارة.\n\nلا تقول هذه الرسالة شيئًا عمّا سنجده: هي نفسها لكل بلاغ. إن لم تبلغ عن شيء فليس عليك فعل شيء.',
    'case_letter.reporter_over.title': '{hub}: انتهى بلاغ',
    'case_letter.reporter_over.text':
      'مرحبًا،\n\nانتهت معالجة البلاغ ذي المرجع {reference}.\n\nلا نكتب النتيجة إلى عنوان لم يتحقق منه أحد. لقراءتها افتح فضاءك بكتابة {space} بنفسك، أو اسأل الدعم.',
  },
}
