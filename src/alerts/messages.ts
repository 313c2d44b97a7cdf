/** The words of alerts, in the three languages. `reason.*` are those of `policy/`. Labels end with their colon. */
import type { Messages } from '../http/messages.ts'

export const alertMessages: Messages = {
  fr: {
    'alert.subject.named': 'Connexion à {service}',
    'alert.subject.unnamed': 'Connexion avec votre identité',
    'alert.intro.unusual': 'Quelqu’un vient de se connecter avec votre identité, dans un contexte inhabituel.',
    'alert.intro.suspicious': 'Quelqu’un vient de se connecter avec votre identité, dans un contexte suspect.',
    'alert.intro.none':
      'Quelqu’un vient de se connecter avec votre identité. Vous avez demandé à l’apprendre à chaque connexion.',
    'alert.label.date': 'Date :',
    'alert.label.service': 'Service :',
    'alert.label.provider': 'Compte utilisé :',
    'alert.label.place': 'Lieu :',
    'alert.label.connection_code': 'Code de la connexion :',
    'alert.label.message_code': 'Code de ce message :',
    'alert.place_unknown': 'inconnu',
    'alert.why': 'Pourquoi nous vous écrivons :',
    'alert.it_was_you': 'Si c’était vous, vous n’avez rien à faire.',
    'alert.not_you': 'Si ce n’était pas vous',
    'alert.step.address': 'Ouvrez votre navigateur et tapez vous-même l’adresse de {name} : {host}',
    'alert.check': 'Ce message est-il bien de nous ?',
    'alert.check.text':
      'Pour le savoir, tapez vous-même {host} dans votre navigateur, puis donnez le code de ce message et l’adresse qui l’a reçu.',
    'alert.step.not_me':
      'Tapez vous-même {host} et recopiez le code de ce message : la session ouverte prend fin aussitôt, sans que vous ayez à vous identifier.',
    'alert.step.password':
      'Changez sans attendre le mot de passe de votre compte « {provider} », en tapant son adresse.',
    'alert.no_link':
      '{name} ne vous envoie jamais de lien de connexion et ne vous demande jamais de mot de passe ni de code par message. Un message qui le fait n’est pas de nous.',
    'reason.new_device': 'Cet appareil n’est pas connu pour vous.',
    'reason.shared_device': 'Plusieurs personnes utilisent cet appareil.',
    'reason.new_country': 'Vous ne vous étiez pas encore connecté depuis ce pays.',
    'reason.impossible_travel': 'Ce pays est trop loin de votre connexion précédente pour y être allé entre les deux.',
    'reason.new_network': 'Vous ne vous étiez pas encore connecté depuis cet accès à internet.',
    'reason.new_provider': 'Vous n’aviez pas encore utilisé ce compte.',
    'reason.first_link':
      'Ce compte vient d’être rattaché à votre identité, avec une preuve moins forte que celles que vous avez déjà données.',
    'alert.label.contact': 'Adresse :',
    'alert.label.from': 'Prend effet :',
    'alert.label.hears': 'Connexions annoncées :',
    'alert.hears.every': 'toutes',
    'alert.hears.unusual': 'les inhabituelles',
    'alert.hears.serious': 'celles qui sortent vraiment de l’ordinaire',
    'alert.changed': 'La protection de votre identité a changé',
    'alert.changed.text':
      'Cette adresse a été un de vos contacts il y a moins de trente jours. Elle apprend donc que votre protection a changé, sans plus de détail ; vous lirez le reste dans votre espace.',
    'alert.contact.added': 'Une adresse de contact est en cours d’ajout',
    'alert.contact.added.text':
      'Quelqu’un l’a donnée pour la vôtre. Elle ne sert à rien tant que le code envoyé là-bas n’a pas été recopié.',
    'alert.contact.confirmed': 'Une adresse de contact a été confirmée',
    'alert.contact.confirmed.text':
      'Quelqu’un s’est identifié plus fortement qu’au moment de l’ajout et a dit que cette adresse est bien à vous. Nos messages y donnent désormais tous les détails.',
    'alert.contact.removed.here.text':
      'L’adresse où vous lisez ce message n’est plus un contact. Elle ne sert plus à choisir un nouveau mot de passe. Pendant trente jours, elle apprend encore que votre protection change, et rien d’autre.',
    'alert.alerts.turned_off.some.text':
      'À une de vos adresses, nous n’annonçons plus chaque connexion, mais seulement celles qui sont inhabituelles. Ce qui change à votre protection vous arrive toujours.',
    'alert.person.linked': 'Un compte a été rattaché à votre identité',
    'alert.person.linked.text':
      'Quelqu’un s’est identifié pour la première fois avec ce compte, au nom, à la date et au lieu de naissance qui sont les vôtres. Il peut désormais servir à se connecter en votre nom.',
    'alert.person.erased': 'Vos données ont été effacées',
    'alert.person.erased.text':
      'Nous avons effacé ce que nous gardions de vous, et mis fin à vos sessions. Ce que la loi oblige à garder ne porte plus votre nom. C’est notre dernier message.',
    'alert.protection.frozen': 'Votre identité est gelée',
    'alert.protection.frozen.text':
      'Plus personne, vous compris, ne peut se connecter avec votre identité, et toutes les sessions ont pris fin. Cela dure jusqu’à ce que vous demandiez le dégel.',
    'alert.protection.frozen.operators.text':
      'Par précaution, nos équipes ont arrêté l’usage de votre identité : plus personne, vous compris, ne peut se connecter avec elle, et toutes les sessions ont pris fin. Demandez à l’assistance comment la reprendre.',
    'alert.protection.thaw_asked': 'Le dégel de votre identité a été demandé',
    'alert.protection.thaw_asked.text':
      'À la date indiquée, on pourra de nouveau se connecter avec votre identité. D’ici là, vous pouvez l’empêcher.',
    'alert.protection.thaw_stopped': 'Le dégel de votre identité a été arrêté',
    'alert.protection.thaw_stopped.text': 'Votre identité reste gelée : personne ne peut se connecter avec elle.',
    'alert.protection.thawed': 'Votre identité n’est plus gelée',
    'alert.protection.thawed.text': 'On peut de nouveau se connecter avec elle.',
    'alert.protection.blocked': 'L’usage d’un compte a été bloqué',
    'alert.protection.blocked.text':
      'On ne peut plus se connecter en votre nom avec ce qui est nommé ici ; le reste marche comme avant.',
    'alert.protection.blocked.future.text':
      'Les comptes que vous n’avez encore jamais utilisés ne peuvent plus être rattachés à votre identité. Ceux que vous avez marchent comme avant.',
    'alert.protection.unblocked': 'Un compte bloqué est de nouveau accepté',
    'alert.protection.unblocked.text': 'On peut de nouveau se connecter en votre nom avec ce qui est nommé ici.',
    'alert.protection.unblocked.future.text':
      'Un compte que vous n’avez encore jamais utilisé peut de nouveau être rattaché à votre identité.',
    'alert.trip.declared': 'Un voyage a été déclaré en votre nom',
    'alert.trip.declared.text':
      'Pendant ce voyage, des services qui demandent davantage depuis l’étranger s’ouvriront depuis les pays déclarés comme d’habitude. Votre espace dit lesquels.',
    'alert.step.trip': 'Retirez le voyage, puis gelez votre identité si d’autres choses ne viennent pas de vous.',
    'alert.device.shared': 'Plusieurs personnes agissent pour des organisations avec un même appareil',
    'alert.device.shared.text':
      'Un appareil où vous vous êtes connecté avec votre carte ou l’application a servi, ces trente derniers jours, à une autre personne qui agit elle aussi pour une organisation. Si votre comptable se sert de votre carte, elle agit en votre nom : vous répondez de ce qui est fait. Un mandat, lui, laisse chacun agir avec sa propre identité.',
    'alert.card.shared': 'Votre carte sert sur beaucoup d’appareils',
    'alert.card.shared.text':
      'Ces trente derniers jours, votre carte a servi à se connecter sur plusieurs appareils. Si vous l’avez prêtée, ou si quelqu’un en connaît le code, cette personne agit en votre nom : vous répondez de ce qui est fait.',
    'alert.label.firm': 'Cabinet :',
    'alert.firm.opened': 'Vous administrez un cabinet',
    'alert.firm.opened.text':
      'En tant que représentant légal, vous avez ouvert ou repris ce cabinet. Vous pouvez y inviter des personnes et accepter des mandats en son nom.',
    'alert.firm.member_waiting': 'Vous avez demandé à rejoindre un cabinet',
    'alert.firm.member_waiting.text':
      'Un lien d’invitation a été accepté avec votre identité. Rien n’est ouvert tant qu’un administrateur du cabinet ne vous a pas reconnu.',
    'alert.firm.member_joined': 'Vous travaillez désormais dans un cabinet',
    'alert.firm.member_joined.text':
      'Un administrateur du cabinet vous a reconnu. Vous agirez pour les clients qui vous seront affectés, sous votre propre identité.',
    'alert.firm.member_left': 'Vous ne travaillez plus dans un cabinet',
    'alert.firm.member_left.text':
      'Tout ce que ce cabinet vous avait donné a pris fin aussitôt. Les mandats des clients restent au cabinet.',
    'alert.firm.role_changed': 'Votre fonction dans un cabinet a changé',
    'alert.firm.role_changed.text': 'Un administrateur du cabinet l’a changée. Ce qui vous est affecté reste le même.',
    'alert.step.firm':
      'Vous y voyez où vous travaillez. Quittez un cabinet que vous ne connaissez pas, et parlez à un administrateur de celui que vous connaissez.',
    'alert.step.mandates': 'Lisez-y pourquoi une carte ne se prête pas, et comment donner un mandat à la place.',
    'alert.step.contacts':
      'Retirez l’adresse que vous ne reconnaissez pas, remettez la vôtre, puis vérifiez vos moyens d’identification.',
    'alert.step.block': 'Bloquez le compte que vous ne reconnaissez pas.',
    'alert.step.unblock': 'Vous y verrez ce qui est bloqué, et pourrez le changer.',
    'alert.step.frozen': 'Vous y verrez depuis quand votre identité est gelée, et comment demander le dégel.',
    'alert.step.stop_thaw': 'Arrêtez le dégel : tout compte qui vous ouvre votre espace le permet.',
    'alert.step.freeze': 'Gelez de nouveau votre identité : tout compte à vous le permet.',
    'alert.label.means': 'Moyen d’identification :',
    'alert.step.means': 'Retirez ce que vous ne reconnaissez pas, ou suspendez tout.',
    'alert.step.support':
      'Si vous ne pouvez pas vous identifier, demandez à l’assistance de le faire, avec le code de ce message.',
    'alert.means_kind.password': 'mot de passe',
    'alert.means_kind.totp': 'application de codes',
    'alert.means_kind.recovery_codes': 'codes de secours',
    'alert.means_kind.passkey': 'clé d’accès',
    'alert.means_kind.sms_code': 'code par SMS',
    'alert.means_kind.mail_code': 'code par courriel',
    'alert.means.activated': 'Un moyen d’identification a été ajouté',
    'alert.means.activated.text': 'Il peut désormais servir à vous identifier.',
    'alert.means.suspended': 'Un moyen d’identification a été suspendu',
    'alert.means.suspended.text':
      'Il n’est plus accepté jusqu’à nouvel ordre, et les sessions ouvertes avec vos moyens ont pris fin.',
    'alert.means.resumed': 'Un moyen d’identification a été remis en service',
    'alert.means.resumed.text': 'Il avait été suspendu ; il est accepté de nouveau.',
    'alert.means.revoked': 'Un moyen d’identification a été retiré',
    'alert.means.revoked.text': 'Il ne sera plus jamais accepté.',
    'alert.means.renewed': 'Un moyen d’identification a été renouvelé',
    'alert.means.renewed.text': 'Il a une nouvelle date de fin, après une nouvelle vérification d’identité.',
    'alert.means.expires_soon':
      '{count, plural, one {Un moyen d’identification expire bientôt} other {Des moyens d’identification expirent bientôt}}',
    'alert.means.expires_soon.text':
      'Passé sa date de fin, un moyen d’identification n’est plus accepté. Préparez la suite dès maintenant, pour ne pas rester bloqué.',
    'alert.label.ends': 'Fin – {means} :',
    'alert.to_do': 'Ce que vous pouvez faire',
    'alert.step.prepare': 'Ajoutez un nouveau moyen d’identification avant cette date.',
    'alert.step.renew':
      'Ou faites renouveler celui-ci par l’organisme qui a vérifié votre identité ; elle sera vérifiée de nouveau.',
    'alert.label.phone': 'Téléphone :',
    'alert.eid.mismatch': 'Une demande faite à votre téléphone a été arrêtée',
    'alert.eid.mismatch.text':
      'Votre téléphone et l’écran qui demandait une connexion ou une signature n’allaient pas ensemble : ils étaient dans deux pays, un deuxième téléphone a scanné le même code, un nombre a été mal tapé trois fois, ou la signature était attendue d’une autre personne. Personne n’a été identifié et rien n’a été signé. Si c’était vous, vous n’avez rien à faire ; sinon, quelqu’un a tenté de vous faire approuver sa propre demande.',
    'alert.eid.declined': 'Vous avez refusé une connexion ou une signature que vous n’aviez pas demandée',
    'alert.eid.declined.text':
      'Sur votre téléphone, quelqu’un a répondu « ce n’est pas moi » : il n’y a eu ni connexion, ni signature. Une autre personne a donc tenté de se faire passer pour vous, ou de vous faire approuver sa demande.',
    'alert.step.scan':
      'Ne scannez jamais un code que l’on vous envoie ou que l’on vous montre, et ne dites à personne les chiffres de votre écran ou de votre téléphone.',
    'alert.phone.paired': 'Un téléphone a été associé à votre identité',
    'alert.phone.paired.text':
      'Quelqu’un a lu votre carte avec l’application d’un téléphone et composé son code. Ce téléphone peut désormais approuver des connexions en votre nom.',
    'alert.phone.renewed': 'L’association d’un téléphone a été prolongée',
    'alert.phone.renewed.text':
      'Votre carte a été lue de nouveau avec ce téléphone, et son code composé. Il garde une nouvelle durée le droit d’approuver des connexions en votre nom.',
    'alert.phone.revoked': 'Un téléphone n’est plus associé à votre identité',
    'alert.phone.revoked.text':
      'Il ne peut plus approuver aucune connexion, et les sessions ouvertes avec l’application ont pris fin.',
    'alert.phone.expires_soon': 'Une association de téléphone se termine bientôt',
    'alert.phone.expires_soon.text':
      'Passé cette date, le téléphone n’approuve plus de connexion. Pour le garder, ouvrez l’application et approchez-en votre carte : elle demandera son code.',
    'alert.phone.expired': 'L’association d’un téléphone est terminée',
    'alert.phone.expired.text':
      'Ce téléphone n’approuve plus de connexion. Pour vous en servir de nouveau, associez-le avec votre carte, dans l’application.',
    'alert.step.phones': 'Retirez le téléphone que vous ne reconnaissez pas.',
    'alert.step.card':
      'Si votre carte n’est plus entre vos mains, ou si quelqu’un connaît son code, faites-la révoquer par l’organisme qui l’a délivrée.',
    'alert.means.expired': 'Un moyen d’identification a expiré',
    'alert.means.expired.text': 'Il n’est plus accepté. Vous pouvez en ajouter un nouveau.',
    'alert.means.password_set': 'Votre mot de passe a été changé',
    'alert.means.password_set.text': 'L’ancien ne sert plus. Votre seconde preuve reste la même.',
    'alert.means.recovery_code_used': 'Un code de secours a été utilisé',
    'alert.means.recovery_code_used.text':
      'Quelqu’un s’est identifié, ou a débloqué votre compte, avec un de vos codes de secours.',
    'alert.means.locked': 'Votre compte est bloqué',
    'alert.means.locked.text': 'Trop d’essais de suite ont échoué. Rien n’a été ouvert.',
    'alert.means.unlocked': 'Votre compte est débloqué',
    'alert.means.unlocked.text': 'Les essais manqués sont oubliés, et l’on peut de nouveau s’identifier.',
    'alert.means.counter_regressed': 'Une clé d’accès a peut-être été copiée',
    'alert.means.counter_regressed.text':
      'Elle a répondu d’une façon qui laisse penser qu’il en existe une copie. Nous avons refusé l’accès. Par précaution, retirez-la.',
    'alert.contact.verified': 'Une adresse de contact a été ajoutée',
    'alert.contact.verified.text':
      'Elle reçoit désormais nos alertes, et un code de ce site peut y être envoyé pour choisir un nouveau mot de passe.',
    'alert.contact.removed': 'Une adresse de contact a été retirée',
    'alert.contact.removed.text':
      'Elle ne sert plus à choisir un nouveau mot de passe. Pendant trente jours, elle apprend encore ce qui change à votre protection, et rien d’autre.',
    'alert.alerts.turned_off': 'Vos alertes de connexion ont été réduites',
    'alert.alerts.turned_off.text':
      'À une de vos adresses, nous n’écrivons plus quand quelqu’un se connecte avec votre identité depuis un appareil nouveau ou partagé. Ce qui change à votre protection, et ce qui sort vraiment de l’ordinaire, y arrive toujours.',
    'alert.alerts.turned_on': 'Vos alertes de connexion ont été étendues',
    'alert.alerts.turned_on.text': 'À une de vos adresses, nous écrivons désormais pour davantage de connexions.',
    'alert.step.alerts':
      'Rétablissez les alertes de cette adresse, et vérifiez vos adresses de contact et vos moyens d’identification.',
    'alert.means.activation_given': 'Un code d’activation a été remis à votre nom',
    'alert.means.activation_given.text':
      'Un agent a vérifié votre identité et remis un code, valable 24 heures, qui permet d’ajouter un moyen d’identification à votre compte. Personne d’autre que vous ne doit s’en servir.',
  },
  en: {
    'alert.subject.named': 'Sign-in to {service}',
    'alert.subject.unnamed': 'Sign-in with your identity',
    'alert.intro.unusual': 'Somebody has just signed in with your identity, in an unusual context.',
    'alert.intro.suspicious': 'Somebody has just signed in with your identity, in a suspicious context.',
    'alert.intro.none': 'Somebody has just signed in with your identity. You asked to hear of each sign-in.',
    'alert.label.date': 'Date:',
    'alert.label.service': 'Service:',
    'alert.label.provider': 'Account used:',
    'alert.label.place': 'Place:',
    'alert.label.connection_code': 'Code of the connection:',
    'alert.label.message_code': 'Code of this message:',
    'alert.place_unknown': 'unknown',
    'alert.why': 'Why we are writing to you:',
    'alert.it_was_you': 'If it was you, there is nothing to do.',
    'alert.not_you': 'If it was not you',
    'alert.step.address': 'Open your browser and type the address of {name} yourself: {host}',
    'alert.check': 'Is this message really ours?',
    'alert.check.text':
      'To find out, type {host} yourself in your browser, then give the code of this message and the address that received it.',
    'alert.step.not_me':
      'Type {host} yourself and copy the code of this message there: the session that was opened ends at once, and you need not sign in.',
    'alert.step.password': 'Change the password of your account “{provider}” at once, by typing its address.',
    'alert.no_link':
      '{name} never sends you a link to sign in, and never asks you for a password or a code by message. A message that does is not ours.',
    'reason.new_device': 'This device is not known for you.',
    'reason.shared_device': 'Several people use this device.',
    'reason.new_country': 'You had not signed in from this country before.',
    'reason.impossible_travel': 'This country is too far from your previous sign-in to get there in between.',
    'reason.new_network': 'You had not signed in from this internet access before.',
    'reason.new_provider': 'You had not used this account before.',
    'reason.first_link':
      'This account has just been attached to your identity, on a weaker proof than those you have given before.',
    'alert.label.contact': 'Address:',
    'alert.label.from': 'Takes effect:',
    'alert.label.hears': 'Sign-ins that are told:',
    'alert.hears.every': 'all',
    'alert.hears.unusual': 'unusual ones',
    'alert.hears.serious': 'those that are really out of the ordinary',
    'alert.changed': 'The protection of your identity changed',
    'alert.changed.text':
      'This address was one of your contacts less than thirty days ago. So it hears that your protection changed, without more; you will read the rest in your space.',
    'alert.contact.added': 'A contact address is being added',
    'alert.contact.added.text':
      'Somebody gave it as yours. It serves for nothing until the code that was sent there has been copied back.',
    'alert.contact.confirmed': 'A contact address was confirmed',
    'alert.contact.confirmed.text':
      'Somebody signed in more strongly than when it was added, and said that this address is yours. Our messages give all details there from now on.',
    'alert.contact.removed.here.text':
      'The address where you read this is no contact any more. It no longer serves to choose a new password. For thirty days it still hears that your protection changes, and nothing else.',
    'alert.alerts.turned_off.some.text':
      'At one of your addresses we no longer tell each sign-in, but only those that are unusual. What changes about your protection still reaches you.',
    'alert.person.linked': 'An account was attached to your identity',
    'alert.person.linked.text':
      'Somebody signed in with this account for the first time, under the name, date and place of birth that are yours. It can now be used to sign in as you.',
    'alert.person.erased': 'Your data were erased',
    'alert.person.erased.text':
      'We erased what we kept of you, and ended your sessions. What the law makes us keep no longer bears your name. This is our last message.',
    'alert.protection.frozen': 'Your identity is frozen',
    'alert.protection.frozen.text':
      'Nobody, you included, can sign in with your identity any more, and all sessions have ended. It stays so until you ask for the thaw.',
    'alert.protection.frozen.operators.text':
      'As a precaution our staff stopped the use of your identity: nobody, you included, can sign in with it any more, and all sessions have ended. Ask support how to take it up again.',
    'alert.protection.thaw_asked': 'The thaw of your identity was asked for',
    'alert.protection.thaw_asked.text':
      'At the date given here, one will be able to sign in with your identity again. Until then you can prevent it.',
    'alert.protection.thaw_stopped': 'The thaw of your identity was stopped',
    'alert.protection.thaw_stopped.text': 'Your identity stays frozen: nobody can sign in with it.',
    'alert.protection.thawed': 'Your identity is no longer frozen',
    'alert.protection.thawed.text': 'One can sign in with it again.',
    'alert.protection.blocked': 'The use of an account was blocked',
    'alert.protection.blocked.text':
      'Nobody can sign in as you with what is named here any more; the rest works as before.',
    'alert.protection.blocked.future.text':
      'Accounts that you never used until now cannot be attached to your identity any more. Those that you have work as before.',
    'alert.protection.unblocked': 'A blocked account is accepted again',
    'alert.protection.unblocked.text': 'One can sign in as you again with what is named here.',
    'alert.protection.unblocked.future.text':
      'An account that you never used until now can be attached to your identity again.',
    'alert.trip.declared': 'A trip was declared in your name',
    'alert.trip.declared.text':
      'During this trip, services that ask for more from abroad will open as usual from the countries declared. Your space says which.',
    'alert.step.trip': 'Withdraw the trip, then freeze your identity if other things do not come from you.',
    'alert.device.shared': 'Several people act for organisations with one device',
    'alert.device.shared.text':
      'A device on which you signed in with your card or the app was used, in the last thirty days, by another person who acts for an organisation too. If your accountant uses your card, they act in your name: you answer for what is done. A mandate lets each act with their own identity.',
    'alert.card.shared': 'Your card is used on many devices',
    'alert.card.shared.text':
      'In the last thirty days your card was used to sign in on several devices. If you lent it, or if somebody knows its code, that person acts in your name: you answer for what is done.',
    'alert.label.firm': 'Firm:',
    'alert.firm.opened': 'You administer a firm',
    'alert.firm.opened.text':
      'As its legal representative you opened this firm or took it over. You can invite people into it and accept mandates in its name.',
    'alert.firm.member_waiting': 'You asked to join a firm',
    'alert.firm.member_waiting.text':
      'A link into a firm was accepted with your identity. Nothing is open until an administrator of the firm has recognised you.',
    'alert.firm.member_joined': 'You work in a firm from now on',
    'alert.firm.member_joined.text':
      'An administrator of the firm has recognised you. You will act for the clients that you are assigned to, under your own identity.',
    'alert.firm.member_left': 'You work in a firm no longer',
    'alert.firm.member_left.text':
      'All that this firm had given you ended at once. The clients’ mandates stay with the firm.',
    'alert.firm.role_changed': 'Your role in a firm has changed',
    'alert.firm.role_changed.text': 'An administrator of the firm changed it. What you are assigned to stays the same.',
    'alert.step.firm':
      'There you see where you work. Leave a firm that you do not know, and speak to an administrator of one that you know.',
    'alert.step.mandates': 'Read there why a card is not to be lent, and how to give a mandate instead.',
    'alert.step.contacts':
      'Remove the address that you do not recognise, put yours back, then check your means of identification.',
    'alert.step.block': 'Block the account that you do not recognise.',
    'alert.step.unblock': 'You will see there what is blocked, and can change it.',
    'alert.step.frozen': 'You will see there since when your identity is frozen, and how to ask for the thaw.',
    'alert.step.stop_thaw': 'Stop the thaw: any account that opens your space can do it.',
    'alert.step.freeze': 'Freeze your identity again: any account of yours can do it.',
    'alert.label.means': 'Means of identification:',
    'alert.step.means': 'Withdraw what you do not recognise, or suspend everything.',
    'alert.step.support': 'If you cannot sign in, ask support to do it, with the code of this message.',
    'alert.means_kind.password': 'password',
    'alert.means_kind.totp': 'code app',
    'alert.means_kind.recovery_codes': 'recovery codes',
    'alert.means_kind.passkey': 'passkey',
    'alert.means_kind.sms_code': 'code by text message',
    'alert.means_kind.mail_code': 'code by mail',
    'alert.means.activated': 'A means of identification was added',
    'alert.means.activated.text': 'It can now be used to sign in as you.',
    'alert.means.suspended': 'A means of identification was suspended',
    'alert.means.suspended.text':
      'It is not accepted until further notice, and sessions opened with your means have ended.',
    'alert.means.resumed': 'A means of identification was brought back',
    'alert.means.resumed.text': 'It had been suspended; it is accepted again.',
    'alert.means.revoked': 'A means of identification was withdrawn',
    'alert.means.revoked.text': 'It will never be accepted again.',
    'alert.means.renewed': 'A means of identification was renewed',
    'alert.means.renewed.text': 'It has a new end, after a new check of identity.',
    'alert.means.expires_soon':
      '{count, plural, one {A means of identification ends soon} other {Means of identification end soon}}',
    'alert.means.expires_soon.text':
      'Past its end date, a means of identification is not accepted any more. Prepare now, so that you are not stuck.',
    'alert.label.ends': 'End – {means}:',
    'alert.to_do': 'What you can do',
    'alert.step.prepare': 'Add a new means of identification before that date.',
    'alert.step.renew': 'Or have this one renewed where your identity was checked; it will be checked again.',
    'alert.label.phone': 'Phone:',
    'alert.eid.mismatch': 'A request to your phone was stopped',
    'alert.eid.mismatch.text':
      'Your phone and the screen that asked for a sign-in or a signature did not belong together: they were in two countries, a second phone scanned the same code, a number was typed wrong three times, or the signature was expected from another person. Nobody was signed in and nothing was signed. If it was you, there is nothing to do; if not, somebody tried to have you approve their own request.',
    'alert.eid.declined': 'You declined a sign-in or a signature that you had not asked for',
    'alert.eid.declined.text':
      'On your phone somebody answered “this is not me”: there was no sign-in and no signature. So somebody else has tried to pass for you, or to have you approve their request.',
    'alert.step.scan':
      'Never scan a code that somebody sends or shows you, and tell nobody the digits on your screen or on your phone.',
    'alert.phone.paired': 'A phone was paired with your identity',
    'alert.phone.paired.text':
      'Somebody read your card with the app of a phone, and typed its PIN. This phone can now approve sign-ins as you.',
    'alert.phone.renewed': 'The pairing of a phone was extended',
    'alert.phone.renewed.text':
      'Your card was read again with this phone, and its PIN typed. For a new term it may approve sign-ins as you.',
    'alert.phone.revoked': 'A phone is not paired with your identity any more',
    'alert.phone.revoked.text': 'It cannot approve any sign-in, and sessions opened with the app have ended.',
    'alert.phone.expires_soon': 'A phone pairing ends soon',
    'alert.phone.expires_soon.text':
      'Past that date the phone approves no sign-in any more. To keep it, open the app and hold your card to it: it will ask for its PIN.',
    'alert.phone.expired': 'The pairing of a phone has ended',
    'alert.phone.expired.text':
      'This phone approves no sign-in any more. To use it again, pair it with your card, in the app.',
    'alert.step.phones': 'Remove the phone that you do not recognise.',
    'alert.step.card':
      'If your card is not in your hands any more, or somebody knows its PIN, have it revoked by whoever issued it.',
    'alert.means.expired': 'A means of identification has ended',
    'alert.means.expired.text': 'It is not accepted any more. You can add a new one.',
    'alert.means.password_set': 'Your password was changed',
    'alert.means.password_set.text': 'The old one is of no use any more. Your second proof stays as it is.',
    'alert.means.recovery_code_used': 'A recovery code was used',
    'alert.means.recovery_code_used.text':
      'Somebody signed in, or unblocked your account, with one of your recovery codes.',
    'alert.means.locked': 'Your account is blocked',
    'alert.means.locked.text': 'Too many tries in a row failed. Nothing was opened.',
    'alert.means.unlocked': 'Your account is unblocked',
    'alert.means.unlocked.text': 'The failed tries are forgotten, and one can sign in again.',
    'alert.means.counter_regressed': 'A passkey may have been copied',
    'alert.means.counter_regressed.text':
      'It answered in a way that suggests that there is a copy of it. We refused access. As a precaution, withdraw it.',
    'alert.contact.verified': 'A contact address was added',
    'alert.contact.verified.text':
      'It now gets our alerts, and a code of this site can be sent there to choose a new password.',
    'alert.contact.removed': 'A contact address was removed',
    'alert.contact.removed.text':
      'It no longer serves to choose a new password. For thirty days it still hears of what changes about your protection, and of nothing else.',
    'alert.alerts.turned_off': 'Your sign-in alerts were reduced',
    'alert.alerts.turned_off.text':
      'At one of your addresses, we no longer write when somebody signs in with your identity from a new or shared device. What changes about your protection, and what is really out of the ordinary, still arrives there.',
    'alert.alerts.turned_on': 'Your sign-in alerts were widened',
    'alert.alerts.turned_on.text': 'At one of your addresses, we write about more sign-ins from now on.',
    'alert.step.alerts':
      'Put the alerts of that address back, and check your contact addresses and your means of identification.',
    'alert.means.activation_given': 'An activation code was handed out in your name',
    'alert.means.activation_given.text':
      'An agent checked your identity and handed over a code, good for 24 hours, by which a means of identification can be added to your account. Nobody but you should use it.',
  },
  ar: {
    'alert.subject.named': 'تسجيل الدخول إلى {service}',
    'alert.subject.unnamed': 'تسجيل الدخول بهويتك',
    'alert.intro.unusual': 'سجّل شخص ما الدخول للتو بهويتك، في ظروف غير معتادة.',
    'alert.intro.suspicious': 'سجّل شخص ما الدخول للتو بهويتك، في ظروف مريبة.',
    'alert.intro.none': 'سجّل شخص ما الدخول للتو بهويتك. طلبتَ أن تُبلَّغ بكل تسجيل دخول.',
    'alert.label.date': 'التاريخ:',
    'alert.label.service': 'الخدمة:',
    'alert.label.provider': 'الحساب المستعمل:',
    'alert.label.place': 'المكان:',
    'alert.label.connection_code': 'رمز الاتصال:',
    'alert.label.message_code': 'رمز هذه الرسالة:',
    'alert.place_unknown': 'غير معروف',
    'alert.why': 'لماذا نكتب إليك:',
    'alert.it_was_you': 'إذا كنت أنت من سجّل الدخول، فليس عليك فعل أي شيء.',
    'alert.not_you': 'إذا لم تكن أنت',
    'alert.step.address': 'افتح متصفحك واكتب بنفسك عنوان {name}: {host}',
    'alert.check': 'هل هذه الرسالة منا حقًا؟',
    'alert.check.text': 'لتعرف ذلك، اكتب بنفسك {host} في متصفحك، ثم أعط رمز هذه الرسالة والعنوان الذي وصلت إليه.',
    'alert.step.not_me':
      'اكتب بنفسك {host} وانسخ هناك رمز هذه الرسالة: تنتهي الجلسة المفتوحة فورًا، من دون أن تسجّل الدخول.',
    'alert.step.password': 'غيّر فورًا كلمة مرور حسابك «{provider}»، بعد كتابة عنوانه بنفسك.',
    'alert.no_link':
      'لا يرسل إليك {name} أبدًا رابطًا لتسجيل الدخول، ولا يطلب منك أبدًا كلمة مرور أو رمزًا عبر رسالة. كل رسالة تفعل ذلك ليست منا.',
    'reason.new_device': 'هذا الجهاز غير معروف لديك.',
    'reason.shared_device': 'يستعمل عدة أشخاص هذا الجهاز.',
    'reason.new_country': 'لم يسبق لك تسجيل الدخول من هذا البلد.',
    'reason.impossible_travel': 'هذا البلد بعيد جدًا عن مكان تسجيل دخولك السابق، ولا يمكن الوصول إليه في هذه المدة.',
    'reason.new_network': 'لم يسبق لك تسجيل الدخول من هذا الاتصال بالإنترنت.',
    'reason.new_provider': 'لم يسبق لك استعمال هذا الحساب.',
    'reason.first_link': 'رُبط هذا الحساب للتو بهويتك، بإثبات أضعف من الإثباتات التي قدمتها من قبل.',
    'alert.label.contact': 'العنوان:',
    'alert.label.from': 'يسري ابتداءً من:',
    'alert.label.hears': 'ما يُبلَّغ من تسجيلات الدخول:',
    'alert.hears.every': 'كلها',
    'alert.hears.unusual': 'غير المعتاد منها',
    'alert.hears.serious': 'ما يخرج منها عن المألوف حقًا',
    'alert.changed': 'تغيّرت حماية هويتك',
    'alert.changed.text':
      'كان هذا العنوان من جهات الاتصال لديك قبل أقل من ثلاثين يومًا. لذلك يُبلَّغ بأن حمايتك تغيّرت، من دون تفصيل؛ وستقرأ الباقي في فضائك.',
    'alert.contact.added': 'عنوان تواصل قيد الإضافة',
    'alert.contact.added.text': 'قال أحدهم إنه عنوانك. لا يُستعمل لشيء ما لم يُنسخ الرمز الذي أُرسل إليه.',
    'alert.contact.confirmed': 'أُكّد عنوان للتواصل',
    'alert.contact.confirmed.text':
      'سجّل أحدهم الدخول بإثبات أقوى مما كان عند الإضافة، وقال إن هذا العنوان لك. ستذكر رسائلنا إليه من الآن كل التفاصيل.',
    'alert.contact.removed.here.text':
      'لم يعد العنوان الذي تقرأ فيه هذه الرسالة من جهات الاتصال. ولم يعد يُستعمل لاختيار كلمة مرور جديدة. ويبقى لثلاثين يومًا يُبلَّغ بأن حمايتك تتغيّر، ولا شيء غير ذلك.',
    'alert.alerts.turned_off.some.text':
      'في أحد عناوينك لم نعد نخبر بكل تسجيل دخول، بل بغير المعتاد فقط. وما يتغيّر في حمايتك يصلك دائمًا.',
    'alert.person.linked': 'رُبط حساب بهويتك',
    'alert.person.linked.text':
      'سجّل أحدهم الدخول أول مرة بهذا الحساب، باسمك وتاريخ ميلادك ومكانه. يمكن من الآن استعماله لتسجيل الدخول باسمك.',
    'alert.person.erased': 'مُحيت بياناتك',
    'alert.person.erased.text':
      'محونا ما كنا نحتفظ به عنك وأنهينا جلساتك. وما يُلزمنا القانون بالاحتفاظ به لم يعد يحمل اسمك. هذه آخر رسالة منا.',
    'alert.protection.frozen': 'هويتك مجمّدة',
    'alert.protection.frozen.text':
      'لم يعد أحد، حتى أنت، يستطيع تسجيل الدخول بهويتك، وانتهت جميع الجلسات. ويبقى ذلك إلى أن تطلب رفع التجميد.',
    'alert.protection.frozen.operators.text':
      'على سبيل الاحتياط أوقف فريقنا استعمال هويتك: لم يعد أحد، حتى أنت، يستطيع تسجيل الدخول بها، وانتهت جميع الجلسات. اسأل الدعم كيف تستعيدها.',
    'alert.protection.thaw_asked': 'طُلب رفع التجميد عن هويتك',
    'alert.protection.thaw_asked.text':
      'في التاريخ المذكور هنا يصبح تسجيل الدخول بهويتك ممكنًا من جديد. ويمكنك منع ذلك قبله.',
    'alert.protection.thaw_stopped': 'أُوقف رفع التجميد عن هويتك',
    'alert.protection.thaw_stopped.text': 'تبقى هويتك مجمّدة: لا يستطيع أحد تسجيل الدخول بها.',
    'alert.protection.thawed': 'لم تعد هويتك مجمّدة',
    'alert.protection.thawed.text': 'أصبح تسجيل الدخول بها ممكنًا من جديد.',
    'alert.protection.blocked': 'حُظر استعمال حساب',
    'alert.protection.blocked.text': 'لم يعد ممكنًا تسجيل الدخول باسمك بما هو مذكور هنا؛ ويعمل الباقي كما كان.',
    'alert.protection.blocked.future.text':
      'لم يعد ممكنًا أن تُربط بهويتك حسابات لم تستعملها من قبل. وتعمل حساباتك الحالية كما كانت.',
    'alert.protection.unblocked': 'حساب محظور مقبول من جديد',
    'alert.protection.unblocked.text': 'أصبح ممكنًا من جديد تسجيل الدخول باسمك بما هو مذكور هنا.',
    'alert.protection.unblocked.future.text': 'يمكن من جديد أن يُربط بهويتك حساب لم تستعمله من قبل.',
    'alert.trip.declared': 'صُرّح بسفر باسمك',
    'alert.trip.declared.text':
      'أثناء هذا السفر تُفتح كالمعتاد، من البلدان المُصرَّح بها، خدمات تطلب أكثر من الخارج. ويبيّن فضاؤك هذه البلدان.',
    'alert.step.trip': 'اسحب السفر، ثم جمّد هويتك إن كانت أمور أخرى لم تصدر منك.',
    'alert.device.shared': 'عدة أشخاص يتصرفون باسم مؤسسات بجهاز واحد',
    'alert.device.shared.text':
      'جهاز سجّلت الدخول به ببطاقتك أو بالتطبيق استعمله، في الأيام الثلاثين الأخيرة، شخص آخر يتصرف هو أيضًا باسم مؤسسة. إن كان محاسبك يستعمل بطاقتك فهو يتصرف باسمك، وأنت المسؤول عما يُفعل. أما التوكيل فيتيح لكل واحد أن يتصرف بهويته.',
    'alert.card.shared': 'بطاقتك مستعملة على أجهزة كثيرة',
    'alert.card.shared.text':
      'في الأيام الثلاثين الأخيرة استُعملت بطاقتك للدخول على عدة أجهزة. إن أعرتها أو كان أحد يعرف رمزها فهو يتصرف باسمك، وأنت المسؤول عما يُفعل.',
    'alert.label.firm': 'المكتب:',
    'alert.firm.opened': 'أنت تدير مكتبًا',
    'alert.firm.opened.text':
      'بصفتك الممثل القانوني فتحت هذا المكتب أو تولّيته. يمكنك دعوة أشخاص إليه وقبول توكيلات باسمه.',
    'alert.firm.member_waiting': 'طلبتَ الانضمام إلى مكتب',
    'alert.firm.member_waiting.text': 'قُبل رابط دعوة بهويتك. لا يُفتح شيء ما لم يتعرف عليك أحد مديري المكتب.',
    'alert.firm.member_joined': 'أنت تعمل الآن في مكتب',
    'alert.firm.member_joined.text':
      'تعرّف عليك أحد مديري المكتب. ستتصرف باسم العملاء الذين يُسندون إليك، بهويتك الخاصة.',
    'alert.firm.member_left': 'لم تعد تعمل في مكتب',
    'alert.firm.member_left.text': 'انتهى فورًا كل ما أعطاك إياه هذا المكتب. وتبقى توكيلات العملاء للمكتب.',
    'alert.firm.role_changed': 'تغيّرت وظيفتك في مكتب',
    'alert.firm.role_changed.text': 'غيّرها أحد مديري المكتب. ويبقى ما أُسند إليك كما هو.',
    'alert.step.firm': 'ترى هناك أين تعمل. غادر المكتب الذي لا تعرفه، وتحدث مع مدير المكتب الذي تعرفه.',
    'alert.step.mandates': 'اقرأ هناك لماذا لا تُعار البطاقة، وكيف تمنح توكيلًا بدلًا منها.',
    'alert.step.contacts': 'أزل العنوان الذي لا تعرفه وأعد عنوانك، ثم تحقق من وسائل تعريفك.',
    'alert.step.block': 'احظر الحساب الذي لا تعرفه.',
    'alert.step.unblock': 'سترى هناك ما هو محظور، ويمكنك تغييره.',
    'alert.step.frozen': 'سترى هناك منذ متى هويتك مجمّدة، وكيف تطلب رفع التجميد.',
    'alert.step.stop_thaw': 'أوقف رفع التجميد: يتيح ذلك كل حساب يفتح لك فضاءك.',
    'alert.step.freeze': 'جمّد هويتك من جديد: يتيح ذلك أي حساب لك.',
    'alert.label.means': 'وسيلة التعريف:',
    'alert.step.means': 'اسحب ما لا تعرفه، أو أوقف كل شيء.',
    'alert.step.support': 'إذا تعذّر عليك تسجيل الدخول فاطلب ذلك من الدعم، مع رمز هذه الرسالة.',
    'alert.means_kind.password': 'كلمة مرور',
    'alert.means_kind.totp': 'تطبيق رموز',
    'alert.means_kind.recovery_codes': 'رموز استرداد',
    'alert.means_kind.passkey': 'مفتاح مرور',
    'alert.means_kind.sms_code': 'رمز برسالة نصية',
    'alert.means_kind.mail_code': 'رمز بالبريد',
    'alert.means.activated': 'أُضيفت وسيلة تعريف',
    'alert.means.activated.text': 'يمكن من الآن استعمالها لتسجيل الدخول باسمك.',
    'alert.means.suspended': 'أُوقفت وسيلة تعريف',
    'alert.means.suspended.text': 'لم تعد مقبولة حتى إشعار آخر، وانتهت الجلسات المفتوحة بوسائلك.',
    'alert.means.resumed': 'أُعيد تفعيل وسيلة تعريف',
    'alert.means.resumed.text': 'كانت موقوفة، وهي مقبولة من جديد.',
    'alert.means.revoked': 'سُحبت وسيلة تعريف',
    'alert.means.revoked.text': 'لن تُقبل أبدًا بعد الآن.',
    'alert.means.renewed': 'جُدّدت وسيلة تعريف',
    'alert.means.renewed.text': 'أصبح لها تاريخ انتهاء جديد بعد تحقق جديد من الهوية.',
    'alert.means.expires_soon':
      '{count, plural, one {توشك وسيلة تعريف على الانتهاء} two {توشك وسيلتا تعريف على الانتهاء} other {توشك وسائل تعريف على الانتهاء}}',
    'alert.means.expires_soon.text': 'بعد تاريخ انتهائها لا تُقبل وسيلة التعريف. استعد من الآن حتى لا تتعثر.',
    'alert.label.ends': 'الانتهاء – {means}:',
    'alert.to_do': 'ما يمكنك فعله',
    'alert.step.prepare': 'أضف وسيلة تعريف جديدة قبل ذلك التاريخ.',
    'alert.step.renew': 'أو اطلب تجديد هذه الوسيلة لدى الجهة التي تحققت من هويتك، وسيُتحقق منها من جديد.',
    'alert.label.phone': 'الهاتف:',
    'alert.eid.mismatch': 'أُوقف طلب وُجّه إلى هاتفك',
    'alert.eid.mismatch.text':
      'لم يكن هاتفك والشاشة التي طلبت تسجيل دخول أو توقيعًا معًا: كانا في بلدين، أو مسح هاتف ثانٍ الرمز نفسه، أو كُتب رقم خطأً ثلاث مرات، أو كان التوقيع مطلوبًا من شخص آخر. لم يُسجَّل دخول أحد ولم يُوقَّع شيء. إن كنت أنت فلا شيء عليك؛ وإلا فقد حاول شخص أن يجعلك توافق على طلبه هو.',
    'alert.eid.declined': 'رفضت تسجيل دخول أو توقيعًا لم تطلبه',
    'alert.eid.declined.text':
      'أُجيب على هاتفك بأن «هذا ليس أنا»: لم يتم تسجيل دخول ولا توقيع. لقد حاول شخص آخر إذن أن ينتحل صفتك أو أن يجعلك توافق على طلبه هو.',
    'alert.step.scan': 'لا تمسح أبدًا رمزًا يُرسل إليك أو يُعرض عليك، ولا تُخبر أحدًا بالأرقام الظاهرة على شاشتك أو هاتفك.',
    'alert.phone.paired': 'رُبط هاتف بهويتك',
    'alert.phone.paired.text':
      'قرأ شخص ما بطاقتك بتطبيق أحد الهواتف وأدخل رمزها السري. يمكن لهذا الهاتف من الآن أن يوافق على تسجيل الدخول باسمك.',
    'alert.phone.renewed': 'مُدّد ربط هاتف بهويتك',
    'alert.phone.renewed.text':
      'قُرئت بطاقتك من جديد بهذا الهاتف وأُدخل رمزها السري. يمكنه لمدة جديدة أن يوافق على تسجيل الدخول باسمك.',
    'alert.phone.revoked': 'لم يعد أحد الهواتف مرتبطًا بهويتك',
    'alert.phone.revoked.text': 'لا يمكنه الموافقة على أي تسجيل دخول، وانتهت الجلسات المفتوحة بالتطبيق.',
    'alert.phone.expires_soon': 'اقترب انتهاء ربط هاتف',
    'alert.phone.expires_soon.text':
      'بعد ذلك التاريخ لا يوافق الهاتف على أي تسجيل دخول. للاحتفاظ به، افتح التطبيق وقرّب بطاقتك منه، وسيطلب رمزها السري.',
    'alert.phone.expired': 'انتهى ربط أحد الهواتف',
    'alert.phone.expired.text':
      'لم يعد هذا الهاتف يوافق على أي تسجيل دخول. لاستعماله من جديد، اربطه ببطاقتك من التطبيق.',
    'alert.step.phones': 'أزل الهاتف الذي لا تعرفه.',
    'alert.step.card': 'إذا لم تعد بطاقتك بين يديك، أو عرف أحد رمزها السري، فاطلب إلغاءها من الجهة التي أصدرتها.',
    'alert.means.expired': 'انتهت وسيلة تعريف',
    'alert.means.expired.text': 'لم تعد مقبولة. يمكنك إضافة وسيلة جديدة.',
    'alert.means.password_set': 'تغيّرت كلمة مرورك',
    'alert.means.password_set.text': 'لم تعد القديمة صالحة. ويبقى إثباتك الثاني كما هو.',
    'alert.means.recovery_code_used': 'استُعمل رمز استرداد',
    'alert.means.recovery_code_used.text': 'سجّل شخص ما الدخول أو رفع الحظر عن حسابك بأحد رموز الاسترداد.',
    'alert.means.locked': 'حُظر حسابك',
    'alert.means.locked.text': 'فشلت محاولات كثيرة متتالية. لم يُفتح أي شيء.',
    'alert.means.unlocked': 'رُفع الحظر عن حسابك',
    'alert.means.unlocked.text': 'نُسيت المحاولات الفاشلة، ويمكن تسجيل الدخول من جديد.',
    'alert.means.counter_regressed': 'ربما نُسخ مفتاح مرور',
    'alert.means.counter_regressed.text': 'أجاب بطريقة توحي بوجود نسخة منه. رفضنا الدخول. اسحبه احتياطًا.',
    'alert.contact.verified': 'أُضيف عنوان للتواصل',
    'alert.contact.verified.text':
      'تصل إليه من الآن تنبيهاتنا، ويمكن أن يُرسل إليه رمز من هذا الموقع لاختيار كلمة مرور جديدة.',
    'alert.contact.removed': 'أُزيل عنوان للتواصل',
    'alert.contact.removed.text':
      'لم يعد يُستعمل لاختيار كلمة مرور جديدة. ويبقى لثلاثين يومًا يُبلَّغ بما يتغيّر في حمايتك، ولا شيء غير ذلك.',
    'alert.alerts.turned_off': 'قُلّصت تنبيهات الدخول لديك',
    'alert.alerts.turned_off.text':
      'في أحد عناوينك لم نعد نكتب عندما يسجّل أحد الدخول بهويتك من جهاز جديد أو مشترك. وما يتغيّر في حمايتك، وما يخرج عن المألوف حقًا، يصل إليه دائمًا.',
    'alert.alerts.turned_on': 'وُسّعت تنبيهات الدخول لديك',
    'alert.alerts.turned_on.text': 'في أحد عناوينك صرنا نكتب عن عدد أكبر من تسجيلات الدخول.',
    'alert.step.alerts': 'أعد تنبيهات ذلك العنوان، وتحقق من عناوين التواصل معك ومن وسائل تعريفك.',
    'alert.means.activation_given': 'سُلّم رمز تفعيل باسمك',
    'alert.means.activation_given.text':
      'تحقق موظف من هويتك وسلّم رمزًا صالحًا لمدة 24 ساعة يتيح إضافة وسيلة تعريف إلى حسابك. لا ينبغي أن يستعمله أحد سواك.',
  },
}
