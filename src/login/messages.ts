/** Sentences of the pages of a login. */
import type { Messages } from '../http/messages.ts'

export const loginMessages: Messages = {
  fr: {
    'step.of': 'Étape {step} sur {steps}',

    'level.eidas1': 'Niveau de garantie faible',
    'level.eidas2': 'Niveau de garantie substantiel',
    'level.eidas3': 'Niveau de garantie élevé',
    'level.eidas1.says': 'En général un mot de passe.',
    'level.eidas2.says': 'Une identité vérifiée et deux preuves, par exemple un mot de passe et un téléphone.',
    'level.eidas3.says': 'Une identité vérifiée en personne et une carte ou une clé qui ne peut pas être copiée.',

    'choose.title': 'Se connecter à {service}',
    'choose.to': 'Se connecter à',
    'choose.pick': 'Choisissez un compte que vous avez déjà',
    'choose.lead.own':
      'Vous prouvez votre identité avec ce compte, puis vous revenez ici. Rien n’est transmis à qui que ce soit.',
    'choose.lead':
      'Vous prouvez votre identité avec ce compte, puis vous revenez au service. Avant l’envoi, vous verrez ce qui lui est transmis.',
    'choose.required.eidas2':
      'Ce service protège des données sensibles : il demande un compte de niveau substantiel ou élevé.',
    'choose.required.eidas3': 'Ce service protège des données très sensibles : il demande un compte de niveau élevé.',
    'choose.joining': 'Identifiez-vous avec votre autre compte',
    'choose.joining.lead':
      'Vous venez de vous identifier avec {provider}. Choisissez maintenant le compte que vous utilisez d’habitude, pour réunir les deux.',
    'choose.unusable': 'Comptes non disponibles',
    'choose.unavailable': 'Non disponible',
    'choose.instead': 'À la place, vous pouvez utiliser : {providers}.',
    'choose.instead.more': 'l’un des {count} autres comptes de cette page',
    'choose.known': 'État des comptes : {when}.',
    'choose.stand_in': '{provider} ne répond pas en ce moment',
    'choose.stand_in.since': 'Constaté depuis le {when}.',
    'choose.stand_in.text':
      'Vous pouvez utiliser « {name} » à la place : votre carte, son code PIN et un code que nous vous envoyons. Les services qui demandent le niveau élevé restent fermés jusqu’à son retour.',
    'choose.stand_in.high':
      '« {name} » peut servir à sa place pour d’autres services, mais pas pour {service}, qui demande le niveau élevé. Attendez son retour, ou servez-vous d’un autre compte de ce niveau s’il y en a un.',
    'choose.cut_off': 'Nous n’arrivons plus à joindre les comptes des autres organismes',
    'choose.cut_off.text':
      'La panne est de notre côté : ni du vôtre, ni du leur. Réessayez dans quelques minutes, ou revenez au service : il propose un autre moyen de connexion.',
    'choose.none': 'Aucun compte n’est utilisable en ce moment pour ce service',
    'choose.none.text':
      'Revenez au service : il propose un autre moyen de connexion. Vous pouvez aussi réessayer plus tard.',
    'choose.filter': 'Chercher un compte par son nom',
    'choose.filter.go': 'Chercher',
    'choose.filter.all': 'Voir tous les comptes',
    'choose.found':
      '{count, plural, =0 {Aucun compte ne correspond à « {query} »} one {# compte correspond à « {query} »} other {# comptes correspondent à « {query} »}}',
    'choose.back': 'Revenir à {service} sans me connecter',
    'choose.leave': 'Ne pas me connecter',

    'tile.suspended': 'Ce compte est suspendu pour le moment.',
    'tile.until': 'Retour prévu : {when}.',
    'tile.degraded': 'Fonctionne mal en ce moment : la connexion peut échouer',
    'tile.down': 'Ce compte ne répond pas en ce moment. Ce n’est pas de votre fait.',
    'tile.down.out_of_order': 'Ce compte est en panne ou débordé en ce moment. Ce n’est pas de votre fait.',
    'tile.down.wrong':
      'Les réponses de ce compte ne peuvent pas être vérifiées en ce moment. Ce n’est pas de votre fait.',
    'tile.down.announced': 'Ce compte annonce lui-même un incident. Ce n’est pas de votre fait.',
    'tile.down.sign_ins_fail':
      'La plupart des connexions par ce compte échouent en ce moment. Ce n’est pas de votre fait.',
    'tile.down.cards_unchecked':
      'Le service qui dit si une carte a été révoquée ne répond pas en ce moment. Ce n’est pas de votre fait.',
    'tile.down.own_network': 'Nous n’arrivons pas à joindre ce compte. La panne est de notre côté.',
    'tile.level_too_low': 'Ce compte n’atteint pas le niveau de garantie que ce service demande.',
    'tile.suspicious_context':
      'Cette connexion sort de l’ordinaire. Par précaution, il faut un compte d’un niveau plus élevé.',
    'tile.blocked': 'Vous avez bloqué ce compte dans votre espace.',
    'tile.other_population.citizens':
      'Ce service est destiné aux particuliers : un compte professionnel n’y donne pas accès.',
    'tile.other_population.professionals':
      'Ce service est destiné aux professionnels : un compte de particulier n’y donne pas accès.',
    'tile.transition_ended': 'Cette façon de se connecter était acceptée pour un temps. Ce temps est terminé.',
    'tile.homologation_ended':
      'Ce service avait accepté cette façon de se connecter. Son accord est arrivé à son terme et n’a pas été renouvelé.',
    'tile.homologation_missing': 'Ce service n’a pas donné son accord à cette façon de se connecter.',
    'tile.certificate_ended': 'Le certificat de sécurité de cette façon de se connecter n’est plus valable.',
    'tile.not_recognised':
      'Ce service protège des données sensibles, et cette façon de se connecter n’est pas reconnue pour cela.',
    'tile.means_ended':
      'Cette façon de se connecter n’est pas valable aujourd’hui : sa période de validité est terminée, ou n’a pas commencé.',
    'tile.password_alone': 'Ce service n’accepte pas un mot de passe seul.',
    'tile.password_remote': 'Depuis le réseau où vous êtes, un mot de passe seul n’est pas accepté.',
    'tile.second_factor': 'Ce service demande deux preuves différentes, par exemple un mot de passe et un téléphone.',
    'tile.sensitive_minimum':
      'Ce service protège des données sensibles : il demande désormais au moins le niveau de garantie substantiel.',

    'notice.cancelled': 'Vous êtes revenu avant la fin',
    'notice.cancelled.text':
      '{provider} : connexion interrompue. Rien n’a été transmis. Vous pouvez choisir de nouveau.',
    'notice.silent': '{provider} ne répond pas',
    'notice.silent.text': 'Ce n’est pas de votre fait. Choisissez un autre compte, ou réessayez dans quelques minutes.',
    'notice.refused': '{provider} n’a pas confirmé votre identité',
    'notice.refused.text': 'Rien n’a été transmis. Réessayez, ou choisissez un autre compte.',
    'notice.prior_one_factor': '{provider} : vous y êtes entré avec une seule preuve',
    'notice.prior_one_factor.text':
      'Il en faut deux différentes, par exemple un mot de passe et un code. Rien n’a été transmis. Entrez-y de nouveau avec les deux puis réessayez, ou choisissez un autre compte.',
    'notice.prior_too_old': '{provider} : vous y êtes entré il y a trop longtemps',
    'notice.prior_too_old.text':
      'Rien n’a été transmis. Entrez-y de nouveau puis réessayez, ou choisissez un autre compte.',
    'notice.level_not_reached': 'Il faut un compte d’un niveau plus élevé',
    'notice.level_not_reached.text':
      '{provider} vous a bien identifié, mais pas assez sûrement pour ce service. Choisissez un autre compte.',
    'notice.not_the_other_account': 'Ce n’est pas le compte attendu',
    'notice.not_the_other_account.text':
      '{provider} : ce compte n’est pas celui auquel vous vouliez vous réunir. Essayez-en un autre.',
    'notice.means_refused': '{provider} : cette connexion n’est pas acceptée ici',
    'notice.means_refused.text': 'Rien n’a été transmis au service. Choisissez un autre compte.',
    'notice.means_refused.retry':
      'Rien n’a été transmis au service. Recommencez avec deux preuves si ce compte le permet, ou choisissez un autre compte.',
    'notice.second_factor': 'Ce service vous demande de nouveau deux preuves',
    'notice.second_factor.text':
      'Il les demande à intervalle régulier, et sur un appareil nouveau ou partagé. Identifiez-vous avec deux preuves, par exemple un mot de passe et un téléphone.',
    'notice.blocked': '{provider} est bloqué',
    'notice.blocked.text':
      'Ce compte a été bloqué depuis votre espace : il ne sert plus à vous identifier, et rien n’a été transmis. Choisissez un autre compte. Si ce blocage ne vient pas de vous, ouvrez votre espace avec un autre compte.',
    'notice.withdrawn': '{provider} n’est plus disponible',
    'notice.withdrawn.text':
      'Ce compte a été suspendu pendant votre connexion. Ce n’est pas de votre fait, et rien n’a été transmis.',
    'notice.stand_in_over': '{provider} n’est plus proposé',
    'notice.stand_in_over.text':
      'Ce moyen remplaçait un autre compte pendant une panne. Elle est terminée, ou elle dure depuis trop longtemps. Choisissez un autre compte : rien n’a été envoyé.',
    'notice.missed': '{provider} n’est plus disponible',
    'notice.missed.text':
      'Ce compte a cessé d’être disponible pendant que vous lisiez cette page. Ce n’est pas de votre fait, et rien n’est perdu.',
    'notice.session_refused': 'Vous êtes connecté avec {provider}, mais cela ne suffit pas ici',
    'notice.session_refused.text':
      'Choisissez un autre compte pour ce service : il remplacera celui avec lequel vous êtes connecté.',
    'notice.session_refused.retry':
      'Identifiez-vous avec deux preuves si ce compte le permet, ou choisissez un autre compte.',

    'about.title': 'Qu’est-ce que {name} ?',
    'about.text':
      '{name} se porte garant de vous. Vous gardez les comptes que vous avez déjà : {name} vérifie auprès de l’un d’eux que c’est bien vous, puis le confirme au service. Inutile de créer un mot de passe de plus.',
    'about.blind':
      'Le compte que vous choisissez n’apprend pas où vous allez. Le service ne reçoit que les informations affichées à la dernière étape.',
    'about.optional': 'Rien ne vous y oblige : chaque service propose un autre moyen de connexion.',
    'about.time': 'Vous avez {minutes} minutes pour terminer.',
    'about.levels': 'Les niveaux de garantie',

    'inform.title': 'Voici ce que {service} va recevoir',
    'inform.lead': '{provider} a confirmé votre identité. Vérifiez ces informations, puis continuez.',
    'inform.reused': 'Vous étiez déjà connecté avec {provider}. Vérifiez ces informations, puis continuez.',
    'inform.level.eidas1': 'Niveau annoncé au service : faible',
    'inform.level.eidas2': 'Niveau annoncé au service : substantiel',
    'inform.level.eidas3': 'Niveau annoncé au service : élevé',
    'inform.only':
      'Rien d’autre n’est transmis, et jamais votre mot de passe. {service} recevra aussi un numéro qui ne sert qu’à ce service pour vous reconnaître.',
    'inform.go': 'Continuer vers {service}',
    'inform.no': 'Non, revenir à {service} sans rien transmettre',
    'inform.shared':
      'Sur cet appareil, plusieurs personnes se connectent pour des organisations. Une carte ne se prête pas : que chacun prenne la sienne.',
    'inform.shared.mandates': 'Comment donner ou recevoir un mandat',
    'inform.wrong': 'Une information est fausse ?',
    'inform.wrong.text':
      'Elle vient de {provider} : c’est là qu’il faut la faire corriger. {name} ne peut pas la modifier.',

    'claim.given_name': 'Prénoms',
    'claim.family_name': 'Nom de naissance',
    'claim.birthdate': 'Date de naissance',
    'claim.gender': 'Sexe',
    'claim.birthplace': 'Commune de naissance',
    'claim.birthcountry': 'Pays de naissance',
    'claim.code': 'code officiel {code}',
    'claim.email': 'Adresse électronique',
    'claim.preferred_username': 'Nom d’usage',
    'claim.SubjectRefPro':
      'Votre inscription au répertoire des professionnels de santé (RPPS), avec les coordonnées de vos lieux d’exercice',
    'claim.professional.family_name': 'Nom d’exercice',
    'claim.professional.preferred_username': 'Identifiant national de professionnel',
    'claim.service_secret': 'Votre mot de passe dans ce service',
    'claim.service_secret.says': 'tiré au hasard et gardé pour vous ; vous n’avez pas à le connaître',
    'claim.amr': 'Manière dont vous vous êtes identifié',
    'claim.idp': 'Compte utilisé',
    'claim.empty': 'Non renseigné',
    'claim.presumed': '{date} (jour ou mois non connu)',
    'gender.male': 'Masculin',
    'gender.female': 'Féminin',
    'gender.unspecified': 'Non précisé',

    'join.title': 'Avez-vous déjà utilisé {name} avec un autre compte ?',
    'join.lead':
      'Votre identité ressemble à une autre que nous connaissons. Deux personnes peuvent porter le même nom et être nées le même jour : nous ne réunissons rien sans vous.',
    'join.yes': 'Oui : je m’identifie aussi avec mon autre compte',
    'join.yes.text': 'Vos démarches restent réunies, et {service} vous reconnaît.',
    'join.no': 'Non, ou je ne sais pas',
    'join.no.text': 'Vous continuez seulement avec {provider}. Vous pourrez réunir vos comptes plus tard.',
    'join.alone': 'Continuer seulement avec {provider}',

    'logout.title': 'Voulez-vous vous déconnecter de {name} ?',
    'logout.asked': '{service} vous propose de vous déconnecter.',
    'logout.text':
      'Les autres services où vous êtes entré depuis ce navigateur seront prévenus. Sur un ordinateur partagé, faites-le toujours.',
    'logout.yes': 'Me déconnecter',
    'logout.no': 'Rester connecté',

    'out.title': 'Vous êtes déconnecté',
    'out.text':
      'Sur un ordinateur partagé, fermez aussi toutes les fenêtres du navigateur : le compte que vous avez utilisé peut avoir gardé sa propre session.',
  },
  en: {
    'step.of': 'Step {step} of {steps}',

    'level.eidas1': 'Low assurance level',
    'level.eidas2': 'Substantial assurance level',
    'level.eidas3': 'High assurance level',
    'level.eidas1.says': 'Usually a password.',
    'level.eidas2.says': 'A verified identity and two proofs, such as a password and a phone.',
    'level.eidas3.says': 'An identity verified in person, and a card or key that cannot be copied.',

    'choose.title': 'Sign in to {service}',
    'choose.to': 'Sign in to',
    'choose.pick': 'Choose an account that you already have',
    'choose.lead.own':
      'You prove who you are with this account, then you come back here. Nothing is passed on to anybody.',
    'choose.lead':
      'You prove your identity with this account, then you return to the service. Before anything is sent, you will see what it receives.',
    'choose.required.eidas2':
      'This service protects sensitive data: it asks for an account of substantial or high level.',
    'choose.required.eidas3': 'This service protects very sensitive data: it asks for an account of high level.',
    'choose.joining': 'Sign in with your other account',
    'choose.joining.lead':
      'You have just signed in with {provider}. Now choose the account that you normally use, to join the two.',
    'choose.unusable': 'Accounts that are not available',
    'choose.unavailable': 'Not available',
    'choose.instead': 'Instead, you can use: {providers}.',
    'choose.instead.more': 'one of the {count} other accounts of this page',
    'choose.known': 'State of the accounts: {when}.',
    'choose.stand_in': '{provider} is not answering at the moment',
    'choose.stand_in.since': 'Observed since {when}.',
    'choose.stand_in.text':
      'You can use “{name}” in its place: your card, its PIN and a code that we send you. Services that need the high level stay closed until it is back.',
    'choose.stand_in.high':
      '“{name}” takes its place for other services, but not for {service}, which needs the high level. Wait until it is back, or use another account of that level if there is one.',
    'choose.cut_off': 'We cannot reach the accounts of other organisations any more',
    'choose.cut_off.text':
      'The fault is ours, neither yours nor theirs. Try again in a few minutes, or go back to the service: it has another way to sign in.',
    'choose.none': 'No account can be used for this service at the moment',
    'choose.none.text': 'Go back to the service: it has another way to sign in. You may also try again later.',
    'choose.filter': 'Find an account by its name',
    'choose.filter.go': 'Find',
    'choose.filter.all': 'See all accounts',
    'choose.found':
      '{count, plural, =0 {No account matches “{query}”} one {# account matches “{query}”} other {# accounts match “{query}”}}',
    'choose.back': 'Back to {service} without signing in',
    'choose.leave': 'Do not sign in',

    'tile.suspended': 'This account is suspended for the moment.',
    'tile.until': 'Expected back: {when}.',
    'tile.degraded': 'Works badly at the moment: signing in may fail',
    'tile.down': 'This account does not answer at the moment. It is not your doing.',
    'tile.down.out_of_order': 'This account is out of order or overloaded at the moment. It is not your doing.',
    'tile.down.wrong': 'What this account answers cannot be verified at the moment. It is not your doing.',
    'tile.down.announced': 'This account announces an incident itself. It is not your doing.',
    'tile.down.sign_ins_fail': 'Most sign-ins with this account fail at the moment. It is not your doing.',
    'tile.down.cards_unchecked':
      'The service that says whether a card was revoked does not answer at the moment. It is not your doing.',
    'tile.down.own_network': 'We cannot reach this account. The fault is ours.',
    'tile.level_too_low': 'This account does not reach the assurance level that this service asks for.',
    'tile.suspicious_context':
      'This sign-in is out of the ordinary. To be safe, it takes an account of a higher level.',
    'tile.blocked': 'You have blocked this account in your space.',
    'tile.other_population.citizens':
      'This service is for private individuals: a professional account does not open it.',
    'tile.other_population.professionals': 'This service is for professionals: a private account does not open it.',
    'tile.transition_ended': 'This way of signing in was accepted for a time. That time is over.',
    'tile.homologation_ended':
      'This service had accepted this way of signing in. Its approval came to its end and was not renewed.',
    'tile.homologation_missing': 'This service has not approved this way of signing in.',
    'tile.certificate_ended': 'The security certificate of this way of signing in is no longer valid.',
    'tile.not_recognised':
      'This service protects sensitive data, and this way of signing in is not recognised for that.',
    'tile.means_ended': 'This way of signing in is not valid today: its period of validity is over, or has not begun.',
    'tile.password_alone': 'This service does not accept a password alone.',
    'tile.password_remote': 'From the network where you are, a password alone is not accepted.',
    'tile.second_factor': 'This service asks for two different proofs, such as a password and a phone.',
    'tile.sensitive_minimum':
      'This service protects sensitive data: it now asks for the substantial assurance level at least.',

    'notice.cancelled': 'You came back before the end',
    'notice.cancelled.text': '{provider}: sign-in stopped. Nothing was sent. You can choose again.',
    'notice.silent': '{provider} does not answer',
    'notice.silent.text': 'It is not your doing. Choose another account, or try again in a few minutes.',
    'notice.refused': '{provider} did not confirm your identity',
    'notice.refused.text': 'Nothing was sent. Try again, or choose another account.',
    'notice.prior_one_factor': '{provider}: you came in there with one proof only',
    'notice.prior_one_factor.text':
      'It takes two different ones, such as a password and a code. Nothing was sent. Come in there again with both and try once more, or choose another account.',
    'notice.prior_too_old': '{provider}: you came in there too long ago',
    'notice.prior_too_old.text': 'Nothing was sent. Come in there again and try once more, or choose another account.',
    'notice.level_not_reached': 'It takes an account of a higher level',
    'notice.level_not_reached.text':
      '{provider} did identify you, but not surely enough for this service. Choose another account.',
    'notice.not_the_other_account': 'This is not the account we expected',
    'notice.not_the_other_account.text':
      '{provider}: this account is not the one that you wanted to join. Try another one.',
    'notice.means_refused': '{provider}: this sign-in is not accepted here',
    'notice.means_refused.text': 'Nothing was sent to the service. Choose another account.',
    'notice.means_refused.retry':
      'Nothing was sent to the service. Try again with two proofs if this account allows it, or choose another account.',
    'notice.second_factor': 'This service asks you for two proofs again',
    'notice.second_factor.text':
      'It does so at regular intervals, and on a new or shared device. Sign in with two proofs, for example a password and a phone.',
    'notice.blocked': '{provider} is blocked',
    'notice.blocked.text':
      'This account was blocked from your space: it no longer signs you in, and nothing was sent. Choose another account. If the block is not yours, open your space with another account.',
    'notice.withdrawn': '{provider} is no longer available',
    'notice.withdrawn.text':
      'This account was suspended while you were signing in. It is not your doing, and nothing was sent.',
    'notice.stand_in_over': '{provider} is no longer offered',
    'notice.stand_in_over.text':
      'It stood in for another account during an outage. The outage is over, or has lasted too long. Choose another account: nothing was sent.',
    'notice.missed': '{provider} is no longer available',
    'notice.missed.text':
      'This account stopped being available while you were reading this page. It is not your doing, and nothing is lost.',
    'notice.session_refused': 'You are signed in with {provider}, but that is not enough here',
    'notice.session_refused.text':
      'Choose another account for this service: it takes the place of the one you are signed in with.',
    'notice.session_refused.retry': 'Sign in with two proofs if this account allows it, or choose another account.',

    'about.title': 'What is {name}?',
    'about.text':
      '{name} vouches for you. You keep the accounts that you already have: {name} checks with one of them that it is really you, then confirms it to the service. No need for one more password.',
    'about.blind':
      'The account that you choose does not learn where you are going. The service receives only the information shown at the last step.',
    'about.optional': 'Nothing obliges you: each service has another way to sign in.',
    'about.time': 'You have {minutes} minutes to finish.',
    'about.levels': 'The assurance levels',

    'inform.title': 'This is what {service} will receive',
    'inform.lead': '{provider} has confirmed your identity. Check this information, then continue.',
    'inform.reused': 'You were already signed in with {provider}. Check this information, then continue.',
    'inform.level.eidas1': 'Level announced to the service: low',
    'inform.level.eidas2': 'Level announced to the service: substantial',
    'inform.level.eidas3': 'Level announced to the service: high',
    'inform.only':
      'Nothing else is sent, and never your password. {service} will also receive a number that serves only this service to recognise you.',
    'inform.go': 'Continue to {service}',
    'inform.no': 'No, go back to {service} and send nothing',
    'inform.shared':
      'On this device, several people sign in for organisations. A card is not for lending: let each take their own.',
    'inform.shared.mandates': 'How to give or to receive a mandate',
    'inform.wrong': 'Is something wrong here?',
    'inform.wrong.text': 'It comes from {provider}: that is where to have it corrected. {name} cannot change it.',

    'claim.given_name': 'Given names',
    'claim.family_name': 'Birth name',
    'claim.birthdate': 'Date of birth',
    'claim.gender': 'Sex',
    'claim.birthplace': 'Town of birth',
    'claim.birthcountry': 'Country of birth',
    'claim.code': 'official code {code}',
    'claim.email': 'Email address',
    'claim.preferred_username': 'Name in use',
    'claim.SubjectRefPro':
      'Your entry in the register of health professionals (RPPS), with the contact details of where you work',
    'claim.professional.family_name': 'Professional name',
    'claim.professional.preferred_username': 'National identifier as a professional',
    'claim.service_secret': 'Your password at this service',
    'claim.service_secret.says': 'drawn at random and kept for you; you need not know it',
    'claim.amr': 'How you signed in',
    'claim.idp': 'Account used',
    'claim.empty': 'Not given',
    'claim.presumed': '{date} (day or month not known)',
    'gender.male': 'Male',
    'gender.female': 'Female',
    'gender.unspecified': 'Not specified',

    'join.title': 'Have you used {name} with another account before?',
    'join.lead':
      'Your identity resembles another one that we know. Two people may have the same name and be born on the same day: we join nothing without you.',
    'join.yes': 'Yes: I sign in with my other account too',
    'join.yes.text': 'Your affairs stay together, and {service} recognises you.',
    'join.no': 'No, or I do not know',
    'join.no.text': 'You go on with {provider} alone. You can join your accounts later.',
    'join.alone': 'Go on with {provider} alone',

    'logout.title': 'Do you want to sign out of {name}?',
    'logout.asked': '{service} offers to sign you out.',
    'logout.text':
      'The other services that you entered from this browser will be told. On a shared computer, always do it.',
    'logout.yes': 'Sign out',
    'logout.no': 'Stay signed in',

    'out.title': 'You are signed out',
    'out.text':
      'On a shared computer, close all windows of the browser too: the account that you used may have kept a session of its own.',
  },
  ar: {
    'step.of': 'الخطوة {step} من {steps}',

    'level.eidas1': 'مستوى ضمان منخفض',
    'level.eidas2': 'مستوى ضمان معتبر',
    'level.eidas3': 'مستوى ضمان عالٍ',
    'level.eidas1.says': 'كلمة مرور في الغالب.',
    'level.eidas2.says': 'هوية متحقَّق منها وإثباتان، مثل كلمة مرور وهاتف.',
    'level.eidas3.says': 'هوية متحقَّق منها حضوريًا، وبطاقة أو مفتاح لا يمكن نسخه.',

    'choose.title': 'تسجيل الدخول إلى {service}',
    'choose.to': 'تسجيل الدخول إلى',
    'choose.pick': 'اختر حسابًا تملكه من قبل',
    'choose.lead.own': 'تُثبت هويتك بهذا الحساب ثم تعود إلى هنا. ولا يُرسل شيء إلى أحد.',
    'choose.lead': 'تُثبت هويتك بهذا الحساب ثم تعود إلى الخدمة. وقبل الإرسال ترى ما سيصل إليها.',
    'choose.required.eidas2': 'تحمي هذه الخدمة بيانات حساسة، وتطلب حسابًا بمستوى معتبر أو عالٍ.',
    'choose.required.eidas3': 'تحمي هذه الخدمة بيانات حساسة جدًا، وتطلب حسابًا بمستوى عالٍ.',
    'choose.joining': 'سجّل الدخول بحسابك الآخر',
    'choose.joining.lead': 'سجّلت الدخول للتو عبر {provider}. اختر الآن الحساب الذي تستعمله عادة لجمع الحسابين.',
    'choose.unusable': 'حسابات غير متاحة',
    'choose.unavailable': 'غير متاح',
    'choose.instead': 'يمكنك بدلًا من ذلك استعمال: {providers}.',
    'choose.instead.more': 'أحد الحسابات الأخرى في هذه الصفحة (عددها {count})',
    'choose.known': 'حالة الحسابات: {when}.',
    'choose.stand_in': '{provider} لا يجيب الآن',
    'choose.stand_in.since': 'لوحظ ذلك منذ {when}.',
    'choose.stand_in.text':
      'يمكنك استعمال «{name}» بدلًا منه: بطاقتك ورمزها السرّي ورمز نرسله إليك. أما الخدمات التي تطلب المستوى العالي فتبقى مغلقة إلى أن يعود.',
    'choose.stand_in.high':
      'يحلّ «{name}» محلّه في خدمات أخرى، لكن ليس في {service} التي تطلب المستوى العالي. انتظر عودته أو استعمل حسابًا آخر من هذا المستوى إن وُجد.',
    'choose.cut_off': 'لم نعد نتمكن من الوصول إلى حسابات الهيئات الأخرى',
    'choose.cut_off.text':
      'العطل من جهتنا، لا من جهتك ولا من جهتها. أعد المحاولة بعد دقائق، أو عُد إلى الخدمة فلديها وسيلة دخول أخرى.',
    'choose.none': 'لا يوجد الآن حساب قابل للاستعمال لهذه الخدمة',
    'choose.none.text': 'عُد إلى الخدمة فلديها وسيلة دخول أخرى، أو أعد المحاولة لاحقًا.',
    'choose.filter': 'ابحث عن حساب باسمه',
    'choose.filter.go': 'بحث',
    'choose.filter.all': 'عرض جميع الحسابات',
    'choose.found':
      '{count, plural, zero {لا يوجد حساب يطابق «{query}»} one {حساب واحد يطابق «{query}»} two {حسابان يطابقان «{query}»} few {# حسابات تطابق «{query}»} many {# حسابًا يطابق «{query}»} other {# حساب يطابق «{query}»}}',
    'choose.back': 'العودة إلى {service} دون تسجيل الدخول',
    'choose.leave': 'عدم تسجيل الدخول',

    'tile.suspended': 'هذا الحساب معلّق حاليًا.',
    'tile.until': 'العودة المتوقعة: {when}.',
    'tile.degraded': 'لا يعمل جيدًا الآن، وقد يفشل تسجيل الدخول',
    'tile.down': 'هذا الحساب لا يجيب الآن. ليس ذلك بسببك.',
    'tile.down.out_of_order': 'هذا الحساب معطّل أو مثقل بالطلبات الآن. ليس ذلك بسببك.',
    'tile.down.wrong': 'لا يمكن التحقق من إجابات هذا الحساب الآن. ليس ذلك بسببك.',
    'tile.down.announced': 'يعلن هذا الحساب بنفسه عن عطل. ليس ذلك بسببك.',
    'tile.down.sign_ins_fail': 'تفشل معظم عمليات تسجيل الدخول بهذا الحساب الآن. ليس ذلك بسببك.',
    'tile.down.cards_unchecked': 'الخدمة التي تبيّن هل أُلغيت البطاقة لا تجيب الآن. ليس ذلك بسببك.',
    'tile.down.own_network': 'لا نتمكن من الوصول إلى هذا الحساب. العطل من جهتنا.',
    'tile.level_too_low': 'لا يبلغ هذا الحساب مستوى الضمان الذي تطلبه الخدمة.',
    'tile.suspicious_context': 'تسجيل الدخول هذا غير معتاد. احتياطًا يلزم حساب بمستوى أعلى.',
    'tile.blocked': 'أوقفت هذا الحساب في فضائك الخاص.',
    'tile.other_population.citizens': 'هذه الخدمة موجهة إلى الأفراد، والحساب المهني لا يتيح الدخول إليها.',
    'tile.other_population.professionals': 'هذه الخدمة موجهة إلى المهنيين، وحساب الأفراد لا يتيح الدخول إليها.',
    'tile.transition_ended': 'كانت طريقة الدخول هذه مقبولة لفترة محددة، وقد انتهت هذه الفترة.',
    'tile.homologation_ended': 'كانت هذه الخدمة قد قبلت طريقة الدخول هذه، لكن موافقتها انتهت ولم تُجدَّد.',
    'tile.homologation_missing': 'لم توافق هذه الخدمة على طريقة الدخول هذه.',
    'tile.certificate_ended': 'لم تعد شهادة الأمان الخاصة بطريقة الدخول هذه صالحة.',
    'tile.not_recognised': 'تحمي هذه الخدمة بيانات حساسة، وطريقة الدخول هذه غير معترف بها لذلك.',
    'tile.means_ended': 'طريقة الدخول هذه غير صالحة اليوم، لأن مدة صلاحيتها انتهت أو لم تبدأ بعد.',
    'tile.password_alone': 'لا تقبل هذه الخدمة كلمة المرور وحدها.',
    'tile.password_remote': 'من الشبكة التي تتصل منها، لا تُقبل كلمة المرور وحدها.',
    'tile.second_factor': 'تطلب هذه الخدمة إثباتين مختلفين، مثل كلمة مرور وهاتف.',
    'tile.sensitive_minimum': 'تحمي هذه الخدمة بيانات حساسة، وتطلب الآن مستوى الضمان المعتبر على الأقل.',

    'notice.cancelled': 'عدت قبل النهاية',
    'notice.cancelled.text': '{provider}: توقف تسجيل الدخول ولم يُرسَل أي شيء. يمكنك الاختيار من جديد.',
    'notice.silent': 'المزوّد {provider} لا يجيب',
    'notice.silent.text': 'ليس ذلك بسببك. اختر حسابًا آخر أو أعد المحاولة بعد دقائق.',
    'notice.refused': 'المزوّد {provider} لم يؤكد هويتك',
    'notice.refused.text': 'لم يُرسَل أي شيء. أعد المحاولة أو اختر حسابًا آخر.',
    'notice.prior_one_factor': '{provider}: دخلت إليه بإثبات واحد فقط',
    'notice.prior_one_factor.text':
      'يلزم إثباتان مختلفان، مثل كلمة مرور ورمز. لم يُرسَل أي شيء. ادخل إليه من جديد بالإثباتين ثم أعد المحاولة، أو اختر حسابًا آخر.',
    'notice.prior_too_old': '{provider}: مضى على دخولك إليه وقت طويل',
    'notice.prior_too_old.text': 'لم يُرسَل أي شيء. ادخل إليه من جديد ثم أعد المحاولة، أو اختر حسابًا آخر.',
    'notice.level_not_reached': 'يلزم حساب بمستوى أعلى',
    'notice.level_not_reached.text': 'المزوّد {provider} تعرّف عليك، لكن ليس بالقدر الكافي لهذه الخدمة. اختر حسابًا آخر.',
    'notice.not_the_other_account': 'ليس هذا هو الحساب المنتظر',
    'notice.not_the_other_account.text': '{provider}: ليس هذا الحساب الذي أردت الجمع معه. جرّب حسابًا آخر.',
    'notice.means_refused': 'المزوّد {provider}: تسجيل الدخول هذا غير مقبول هنا',
    'notice.means_refused.text': 'لم يُرسَل أي شيء إلى الخدمة. اختر حسابًا آخر.',
    'notice.means_refused.retry':
      'لم يُرسَل أي شيء إلى الخدمة. أعد المحاولة بإثباتين إن كان هذا الحساب يسمح بذلك، أو اختر حسابًا آخر.',
    'notice.second_factor': 'تطلب منك هذه الخدمة إثباتين من جديد',
    'notice.second_factor.text':
      'تطلب ذلك على فترات منتظمة، وعلى جهاز جديد أو مشترك. أثبت هويتك بإثباتين، مثل كلمة مرور وهاتف.',
    'notice.blocked': 'المزوّد {provider} موقوف',
    'notice.blocked.text':
      'أُوقف هذا الحساب من مساحتك: لم يعد يُعرّف بك ولم يُرسَل أي شيء. اختر حسابًا آخر. وإن لم يكن هذا الإيقاف منك فافتح مساحتك بحساب آخر.',
    'notice.withdrawn': 'لم يعد {provider} متاحًا',
    'notice.withdrawn.text': 'عُلّق هذا الحساب أثناء تسجيل دخولك. ليس ذلك بسببك ولم يُرسَل أي شيء.',
    'notice.stand_in_over': 'لم يعد {provider} معروضًا',
    'notice.stand_in_over.text':
      'كان يحلّ محلّ حساب آخر أثناء عطل. انتهى العطل أو طال أكثر من اللازم. اختر حسابًا آخر، فلم يُرسَل أي شيء.',
    'notice.missed': 'لم يعد {provider} متاحًا',
    'notice.missed.text': 'لم يعد هذا الحساب متاحًا وأنت تقرأ هذه الصفحة. ليس ذلك بسببك ولم يضع أي شيء.',
    'notice.session_refused': 'أنت مسجّل الدخول عبر {provider}، لكن ذلك لا يكفي هنا',
    'notice.session_refused.text': 'اختر حسابًا آخر لهذه الخدمة، وسيحل محل الحساب الذي سجّلت به الدخول.',
    'notice.session_refused.retry': 'أثبت هويتك بإثباتين إن كان هذا الحساب يسمح بذلك، أو اختر حسابًا آخر.',

    'about.title': 'ما هو {name}؟',
    'about.text':
      '{name} يضمنك. تحتفظ بالحسابات التي لديك من قبل: يتحقق {name} لدى أحدها من أنك أنت فعلًا، ثم يؤكد ذلك للخدمة. لا حاجة إلى كلمة مرور إضافية.',
    'about.blind':
      'الحساب الذي تختاره لا يعرف إلى أين تتجه. ولا تتلقى الخدمة إلا المعلومات المعروضة في الخطوة الأخيرة.',
    'about.optional': 'لا شيء يُلزمك: لكل خدمة وسيلة دخول أخرى.',
    'about.time': 'لديك {minutes} دقيقة لإتمام العملية.',
    'about.levels': 'مستويات الضمان',

    'inform.title': 'هذا ما ستتلقاه {service}',
    'inform.lead': 'المزوّد {provider} أكّد هويتك. تحقّق من هذه المعلومات ثم تابع.',
    'inform.reused': 'كنت مسجّل الدخول من قبل عبر {provider}. تحقّق من هذه المعلومات ثم تابع.',
    'inform.level.eidas1': 'المستوى المعلن للخدمة: منخفض',
    'inform.level.eidas2': 'المستوى المعلن للخدمة: معتبر',
    'inform.level.eidas3': 'المستوى المعلن للخدمة: عالٍ',
    'inform.only':
      'لا يُرسَل أي شيء آخر، ولا تُرسَل كلمة مرورك أبدًا. ستتلقى {service} أيضًا رقمًا لا يصلح إلا لها للتعرف عليك.',
    'inform.go': 'المتابعة إلى {service}',
    'inform.no': 'لا، العودة إلى {service} دون إرسال أي شيء',
    'inform.shared':
      'على هذا الجهاز يسجّل الدخول عدة أشخاص يتصرفون باسم مؤسسات. البطاقة لا تُعار: ليستعمل كل واحد بطاقته.',
    'inform.shared.mandates': 'كيف تمنح توكيلًا أو تتلقاه',
    'inform.wrong': 'هل هناك معلومة خاطئة؟',
    'inform.wrong.text': 'مصدرها {provider}، وهناك يجب طلب تصحيحها. لا يستطيع {name} تغييرها.',

    'claim.given_name': 'الأسماء الشخصية',
    'claim.family_name': 'الاسم العائلي عند الولادة',
    'claim.birthdate': 'تاريخ الولادة',
    'claim.gender': 'الجنس',
    'claim.birthplace': 'بلدية الولادة',
    'claim.birthcountry': 'بلد الولادة',
    'claim.code': 'الرمز الرسمي {code}',
    'claim.email': 'البريد الإلكتروني',
    'claim.preferred_username': 'الاسم المستعمل',
    'claim.SubjectRefPro': 'قيدكم في سجل مهنيي الصحة (RPPS)، مع بيانات الاتصال بأماكن عملكم',
    'claim.professional.family_name': 'الاسم المهني',
    'claim.professional.preferred_username': 'المعرّف الوطني المهني',
    'claim.service_secret': 'كلمة مرورك في هذه الخدمة',
    'claim.service_secret.says': 'اختيرت عشوائيًا وتُحفظ لك، ولا حاجة لك إلى معرفتها',
    'claim.amr': 'طريقة تسجيل دخولك',
    'claim.idp': 'الحساب المستعمل',
    'claim.empty': 'غير مذكور',
    'claim.presumed': '{date} (اليوم أو الشهر غير معروف)',
    'gender.male': 'ذكر',
    'gender.female': 'أنثى',
    'gender.unspecified': 'غير محدد',

    'join.title': 'هل سبق أن استعملت {name} بحساب آخر؟',
    'join.lead':
      'هويتك تشبه هوية أخرى نعرفها. قد يحمل شخصان الاسم نفسه ويولدان في اليوم نفسه، ولذلك لا نجمع شيئًا من دونك.',
    'join.yes': 'نعم، أسجّل الدخول بحسابي الآخر أيضًا',
    'join.yes.text': 'تبقى معاملاتك مجتمعة، وتتعرف عليك {service}.',
    'join.no': 'لا، أو لا أعرف',
    'join.no.text': 'تتابع عبر المزوّد {provider} وحده. يمكنك جمع حساباتك لاحقًا.',
    'join.alone': 'المتابعة عبر المزوّد {provider} وحده',

    'logout.title': 'هل تريد تسجيل الخروج من {name}؟',
    'logout.asked': '{service} تقترح عليك تسجيل الخروج.',
    'logout.text': 'ستُبلَّغ الخدمات الأخرى التي دخلتها من هذا المتصفح. على حاسوب مشترك، افعل ذلك دائمًا.',
    'logout.yes': 'تسجيل الخروج',
    'logout.no': 'البقاء مسجّلًا',

    'out.title': 'تم تسجيل خروجك',
    'out.text': 'على حاسوب مشترك، أغلق أيضًا جميع نوافذ المتصفح: قد يكون الحساب الذي استعملته قد احتفظ بجلسته الخاصة.',
  },
}
