/** Sentences of test logins. Names of the protocols (`redirect_uri`) stay as they are: those who read them configure them. */
import type { Messages } from '../http/messages.ts'

export const trialMessages: Messages = {
  fr: {
    'trial.places': 'Autres pages',
    'trial.home.desk': 'Espace des partenaires',
    'trial.home.console': 'Console',
    'trial.link': 'Faire une connexion d’essai',
    'trial.draft': 'Le brouillon',
    'trial.leave': 'Se déconnecter',
    'trial.title': 'Connexion d’essai : {name}',
    'trial.checks': 'Ce qui a été vérifié',
    'trial.count':
      '{passed, plural, =0 {Aucune vérification réussie} one {# vérification réussie} other {# vérifications réussies}}, {failed, plural, =0 {aucune en échec} one {# en échec} other {# en échec}}, sur {all}.',
    'trial.refresh': 'Actualiser',
    'trial.more': 'Autres actions',
    'trial.seen': 'Reçu :',
    'trial.detail': 'Précision pour l’assistance :',
    'trial.state.passed': 'Réussi',
    'trial.state.failed': 'En échec',
    'trial.state.not_seen': 'Pas encore vu',
    'trial.state.not_reached': 'Pas atteint',
    'trial.state.not_needed': 'Sans objet',
    'trial.done.begun': 'L’essai est ouvert. Donnez ces réglages à votre site, puis connectez-vous sur votre site.',
    'trial.done.ended': 'L’essai est terminé. Son adresse ne répond plus.',
    'trial.done.sent': 'Le message de déconnexion a été envoyé : voyez la dernière vérification.',
    'trial.done.not_sent':
      'Rien n’a été envoyé : il faut une adresse de déconnexion dans le brouillon, et une connexion d’essai faite sur votre site.',
    'trial.done.there':
      'Un essai a été ouvert ou terminé entre-temps, peut-être par un collègue. Rien n’a changé ; voici où il en est.',
    'trial.done.too_many':
      'Votre organisation a fait beaucoup d’essais dans l’heure. Réessayez dans quelques minutes ; l’essai en cours continue.',
    'trial.done.untryable': 'Cet essai n’a pas pu commencer : le brouillon a changé. Relisez-le, puis recommencez.',
    'trial.done.issuer_taken':
      'Cet essai n’a pas commencé : l’émetteur (issuer) du brouillon est celui d’un fournisseur d’une autre organisation. Indiquez le vôtre.',
    'trial.untryable.no_draft': 'Il n’y a pas de brouillon à essayer',
    'trial.untryable.no_draft.text':
      'Un essai porte sur un brouillon, avant sa publication. Ouvrez un brouillon, puis revenez ici.',
    'trial.untryable.faults': 'Le brouillon a des erreurs',
    'trial.untryable.faults.text':
      'Tant qu’un champ est faux, il n’y a rien à essayer. Ouvrez le brouillon, corrigez les champs signalés, puis revenez ici.',
    'trial.untryable.kind': 'Ce fournisseur ne s’essaie pas ici',
    'trial.untryable.kind.text':
      'L’essai parle OpenID Connect. Une passerelle ou les moyens propres du hub ont leur propre chemin.',
    'trial.service.lead':
      'Le hub joue son rôle pour ce seul brouillon, à une adresse d’essai, avec une personne fictive. Rien n’est publié, personne n’est créé, et rien n’est écrit dans l’historique des connexions.',
    'trial.service.begin': 'Ouvrir un essai',
    'trial.service.again': 'Ouvrir un autre essai',
    'trial.service.again.text': 'L’adresse de l’essai change ; celle d’avant ne répond plus.',
    'trial.service.end': 'Terminer l’essai',
    'trial.service.send_logout': 'Envoyer un message de déconnexion',
    'trial.service.send_logout.text': 'Pour la dernière connexion d’essai, à l’adresse de déconnexion du brouillon.',
    'trial.service.settings': 'Réglages pour votre site',
    'trial.service.settings.text':
      'Donnez-les à un site de test, connectez-vous sur ce site, puis actualisez cette page. L’essai finit le {until}. Si vous modifiez le brouillon, les vérifications recommencent.',
    'trial.service.person':
      'Pendant l’essai, quiconque se connecte sur ce site y entre comme la personne fictive « Camille Dominique EXEMPLE-FICTIF ». N’utilisez pas un site ouvert au public.',
    'trial.issuer': 'Émetteur (issuer)',
    'trial.discovery': 'Document de découverte',
    'trial.client': 'Identifiant (client_id)',
    'trial.method': 'Authentification',
    'trial.method.secret': 'avec un secret en vigueur',
    'trial.method.key': 'avec une clé du brouillon',
    'trial.method.none': 'aucun secret pour l’instant : créez-en un d’abord',
    'trial.redirects': 'Adresses de retour',
    'trial.scopes': 'Périmètres (scope)',
    'trial.logout': 'Déconnexion',
    'trial.service.check.discovery': 'Document de découverte lu',
    'trial.service.check.client': 'Identifiant du service',
    'trial.service.check.redirect': 'Adresse de retour exacte',
    'trial.service.check.response_type': 'Code d’autorisation demandé',
    'trial.service.check.pkce': 'PKCE avec S256',
    'trial.service.check.state': 'Valeur state présente',
    'trial.service.check.nonce': 'Valeur nonce présente',
    'trial.service.check.scopes': 'Périmètres dans le brouillon',
    'trial.service.check.request': 'Demande acceptée',
    'trial.service.check.token_method': 'Méthode d’authentification du service',
    'trial.service.check.token_auth': 'Secret ou clé du service',
    'trial.service.check.exchange': 'Code échangé contre les jetons',
    'trial.service.check.code_once': 'Code utilisé une seule fois',
    'trial.service.check.keys': 'Clés de signature lues',
    'trial.service.check.userinfo': 'Identité demandée avec le jeton',
    'trial.service.check.logout': 'Déconnexion demandée par le site',
    'trial.service.check.backchannel': 'Message de déconnexion reçu par le site',
    'trial.service.fix.client.missing': 'Ajoutez client_id à la demande : l’identifiant du service.',
    'trial.service.fix.client.other': 'Envoyez comme client_id l’identifiant du service, sans rien y changer.',
    'trial.service.fix.redirect.missing': 'Ajoutez redirect_uri à la demande.',
    'trial.service.fix.redirect.not_exact':
      'L’adresse de retour doit être l’une de celles du brouillon, au caractère près : barre finale, majuscules, port et paramètres compris. Changez la demande du site, ou ajoutez cette adresse au brouillon.',
    'trial.service.fix.response_type.missing': 'Ajoutez response_type=code à la demande.',
    'trial.service.fix.response_type.other': 'Demandez response_type=code : les autres flux ne sont pas acceptés.',
    'trial.service.fix.pkce.missing':
      'Activez PKCE dans votre bibliothèque : la demande doit porter code_challenge et code_challenge_method=S256.',
    'trial.service.fix.pkce.method': 'Envoyez code_challenge_method=S256 : la méthode plain n’est pas acceptée.',
    'trial.service.fix.pkce.malformed':
      'code_challenge doit être le SHA-256 du code_verifier en base64url, sans « = » : 43 caractères.',
    'trial.service.fix.state.missing':
      'Envoyez une valeur state imprévisible, liée au navigateur, et comparez-la au retour : sans elle, quelqu’un peut connecter une personne à un autre compte que le sien.',
    'trial.service.fix.nonce.missing':
      'Envoyez une valeur nonce imprévisible et comparez-la à celle du jeton d’identité : sans elle, un jeton peut être rejoué.',
    'trial.service.fix.scopes.openid_missing': 'Le périmètre openid est obligatoire : ajoutez-le au paramètre scope.',
    'trial.service.fix.scopes.not_in_draft':
      'Ces périmètres ne sont pas dans le brouillon. Retirez-les de la demande du site, ou ajoutez-les au brouillon avec leur justification.',
    'trial.service.fix.request.refused':
      'La demande a été refusée pour la raison ci-dessous. Corrigez-la dans votre site.',
    'trial.service.fix.token_method.none':
      'Le site ne s’est pas authentifié. Configurez la méthode du brouillon dans votre bibliothèque.',
    'trial.service.fix.token_method.several':
      'Le site s’authentifie de plusieurs façons à la fois. Gardez-en une seule.',
    'trial.service.fix.token_method.other':
      'Le site s’authentifie autrement que ne le dit le brouillon. Changez la bibliothèque, ou le brouillon.',
    'trial.service.fix.token_auth.client': 'L’identifiant envoyé avec le secret ou la clé n’est pas celui du service.',
    'trial.service.fix.token_auth.secret':
      'Le secret n’est pas l’un de ceux en vigueur. Recopiez-le sans espace, ou renouvelez-le.',
    'trial.service.fix.token_auth.header':
      'L’en-tête Authorization est mal formé : identifiant et secret sont encodés comme un formulaire, puis joints par « : » et mis en base64.',
    'trial.service.fix.token_auth.audience':
      'L’audience (aud) de l’assertion doit être l’émetteur de l’essai, et lui seul.',
    'trial.service.fix.token_auth.time':
      'Les dates de l’assertion ne vont pas : exp doit venir dans moins de dix minutes, et l’horloge du site doit être à l’heure.',
    'trial.service.fix.token_auth.once': 'Chaque assertion ne sert qu’une fois : donnez à chacune un jti nouveau.',
    'trial.service.fix.token_auth.key':
      'La signature ne correspond à aucune clé du brouillon. Vérifiez la clé privée du site, son kid et son algorithme.',
    'trial.service.fix.token_auth.other': 'L’authentification du site a été refusée pour la raison ci-dessous.',
    'trial.service.fix.exchange.verifier':
      'Le code_verifier manque ou n’est pas celui dont vient le code_challenge. Gardez-le dans la session du navigateur qui a commencé.',
    'trial.service.fix.exchange.redirect':
      'Le redirect_uri de l’échange doit être le même que celui de la demande, au caractère près.',
    'trial.service.fix.exchange.expired': 'Le code a expiré. Échangez-le dès le retour : il ne vit qu’une demi-minute.',
    'trial.service.fix.exchange.unknown':
      'Ce code n’est pas connu. Envoyez la valeur code reçue au retour, décodée une seule fois, à l’adresse de jetons de l’essai.',
    'trial.service.fix.exchange.other': 'L’échange a été refusé pour la raison ci-dessous.',
    'trial.service.fix.code_once.again':
      'Le site a présenté deux fois le même code. Ne recommencez pas l’échange quand la page de retour est rechargée.',
    'trial.service.fix.userinfo.parameter':
      'Envoyez le jeton d’accès dans l’en-tête « Authorization: Bearer », pas en paramètre.',
    'trial.service.fix.userinfo.no_token': 'Il manque le jeton d’accès : en-tête « Authorization: Bearer ».',
    'trial.service.fix.userinfo.scheme': 'Le jeton d’accès s’envoie avec le schéma Bearer.',
    'trial.service.fix.userinfo.token':
      'Le jeton d’accès n’est pas valable ici. Envoyez celui de l’échange, dans la minute, à l’adresse de l’essai.',
    'trial.service.fix.logout.hint_missing':
      'Ajoutez id_token_hint, le dernier jeton d’identité : sans lui, il faut demander à la personne de confirmer.',
    'trial.service.fix.logout.hint_wrong': 'Le jeton d’identité envoyé ne vient pas de cet essai, ou a été modifié.',
    'trial.service.fix.logout.address_missing':
      'Ajoutez post_logout_redirect_uri, une des adresses du brouillon : sans elle, la personne reste sur le hub.',
    'trial.service.fix.logout.address_not_exact':
      'L’adresse après déconnexion doit être l’une de celles du brouillon, au caractère près.',
    'trial.service.fix.backchannel.refused':
      'Le site a refusé le message (400). Vérifiez qu’il accepte l’émetteur de l’essai, lit ses clés et reconnaît sub et sid.',
    'trial.service.fix.backchannel.silent':
      'Le site n’a pas répondu. L’adresse doit être joignable depuis le hub, et répondre en moins de cinq secondes.',
    'trial.service.fix.backchannel.status':
      'Le site doit répondre 200 quand la session est fermée, sans redirection ni page de connexion.',
    'trial.provider.lead':
      'Le hub se conduit comme le client que vous verrez après la publication. Vous vous connectez chez le fournisseur avec un compte à vous ; seules les vérifications et les noms des données sont gardés, deux heures. Personne n’est créé ni rattaché.',
    'trial.provider.go': 'Essayer',
    'trial.provider.go.text': 'Ces deux adresses doivent être connues du fournisseur.',
    'trial.provider.redirect': 'Adresse de retour à enregistrer',
    'trial.provider.keys': 'Clés du hub',
    'trial.provider.level': 'Niveau à demander',
    'trial.provider.begin': 'Aller chez le fournisseur',
    'trial.provider.at': 'Essai du {date}.',
    'trial.provider.past': 'Le brouillon a changé depuis cet essai : recommencez-le.',
    'trial.provider.check.discovery': 'Document de découverte',
    'trial.provider.check.keys': 'Clés de signature',
    'trial.provider.check.return': 'Retour du fournisseur',
    'trial.provider.check.tokens': 'Échange du code',
    'trial.provider.check.signature': 'Signature du jeton d’identité',
    'trial.provider.check.times': 'Dates du jeton d’identité',
    'trial.provider.check.issuer': 'Émetteur (iss)',
    'trial.provider.check.audience': 'Destinataire (aud)',
    'trial.provider.check.nonce': 'Valeur nonce',
    'trial.provider.check.subject': 'Identifiant (sub)',
    'trial.provider.check.auth_time': 'Date d’authentification (auth_time)',
    'trial.provider.check.acr': 'Niveau annoncé (acr)',
    'trial.provider.check.level': 'Niveau demandé atteint',
    'trial.provider.check.amr': 'Méthodes d’authentification (amr)',
    'trial.provider.check.userinfo': 'Réponse d’identité (userinfo)',
    'trial.provider.check.claims': 'Données présentes et bien formées',
    'trial.provider.check.logout': 'Adresse de déconnexion',
    'trial.provider.fix.discovery.silent':
      'Le document de découverte ne se lit pas. Vérifiez l’adresse, le certificat, et qu’elle répond depuis Internet.',
    'trial.provider.fix.discovery.address':
      'Une adresse n’est pas acceptée : toutes doivent être en https et publiques.',
    'trial.provider.fix.discovery.issuer':
      'L’issuer du document n’est pas celui du brouillon, au caractère près (attention à la barre finale).',
    'trial.provider.fix.discovery.wrong':
      'Le document n’est pas complet : une réponse 200 en JSON, avec issuer, authorization_endpoint, token_endpoint et jwks_uri.',
    'trial.provider.fix.keys.silent': 'Les clés ne se lisent pas. Vérifiez que jwks_uri répond depuis Internet.',
    'trial.provider.fix.keys.empty': 'Aucune clé n’est publiée à jwks_uri.',
    'trial.provider.fix.keys.wrong': 'jwks_uri doit répondre 200 avec un ensemble de clés (JWKS), sans redirection.',
    'trial.provider.fix.return.cancelled':
      'Le fournisseur dit que la personne a renoncé (access_denied). Recommencez et allez au bout, ou voyez pourquoi il refuse.',
    'trial.provider.fix.return.issuer':
      'La réponse doit porter iss, égal à l’issuer du brouillon, puisque le document de découverte l’annonce.',
    'trial.provider.fix.return.error':
      'Le fournisseur a renvoyé une erreur. Vérifiez l’identifiant du client, l’adresse de retour, les périmètres et le niveau demandé.',
    'trial.provider.fix.return.wrong':
      'La réponse doit revenir à l’adresse de retour avec code et le même state, chacun une seule fois, et rien d’autre.',
    'trial.provider.fix.tokens.silent': 'L’adresse de jetons n’a pas répondu, ou a répondu qu’elle ne marche pas.',
    'trial.provider.fix.tokens.client':
      'Le fournisseur ne reconnaît pas le client : vérifiez l’identifiant, le secret ou la clé, et la méthode d’authentification.',
    'trial.provider.fix.tokens.grant':
      'Le fournisseur refuse le code : vérifiez son contrôle de redirect_uri, de PKCE (S256) et de la durée du code.',
    'trial.provider.fix.tokens.error': 'Le fournisseur refuse l’échange du code par une erreur.',
    'trial.provider.fix.tokens.missing': 'La réponse n’a pas d’id_token : le périmètre openid doit en donner un.',
    'trial.provider.fix.tokens.wrong':
      'La réponse de l’adresse de jetons doit être du JSON avec access_token, token_type et id_token.',
    'trial.provider.fix.signature.encryption':
      'Le chiffrement ne correspond pas au brouillon : vérifiez qu’il est convenu des deux côtés, et avec une clé actuelle du hub.',
    'trial.provider.fix.signature.algorithm': 'L’algorithme de signature n’est pas l’un de ceux du brouillon.',
    'trial.provider.fix.signature.key': 'Le jeton nomme une clé (kid) qui n’est pas publiée à jwks_uri.',
    'trial.provider.fix.signature.malformed':
      'Le jeton n’est pas un JWT signé complet : iss, sub, aud, exp et iat sont obligatoires.',
    'trial.provider.fix.signature.wrong': 'La signature ne correspond pas à la clé publiée.',
    'trial.provider.fix.times': 'Le jeton est expiré ou daté du futur. Mettez l’horloge du fournisseur à l’heure.',
    'trial.provider.fix.issuer': 'iss doit être exactement l’issuer du brouillon.',
    'trial.provider.fix.audience': 'aud doit être l’identifiant du client, et azp aussi s’il y en a un.',
    'trial.provider.fix.nonce': 'Le jeton doit porter le nonce de la demande, sans changement.',
    'trial.provider.fix.subject': 'sub doit être stable, en ASCII, de 255 caractères au plus.',
    'trial.provider.fix.auth_time.missing':
      'Quand une nouvelle authentification est demandée (max_age=0), auth_time est obligatoire.',
    'trial.provider.fix.auth_time.old':
      'Une nouvelle authentification était demandée (prompt=login), et le fournisseur a répondu avec une ancienne.',
    'trial.provider.fix.auth_time.future': 'La date d’authentification est dans le futur, ou illisible.',
    'trial.provider.fix.acr.missing':
      'Le jeton doit dire le niveau réellement atteint dans acr : un niveau que personne n’affirme ne peut pas être cru.',
    'trial.provider.fix.acr.unknown':
      'Le brouillon ne connaît pas ce mot. Envoyez eidas1, eidas2 ou eidas3, ou ajoutez votre mot aux correspondances du brouillon.',
    'trial.provider.fix.acr.above':
      'Le niveau annoncé est plus élevé que ceux que ce fournisseur peut donner. Seuls les opérateurs peuvent en permettre davantage.',
    'trial.provider.fix.level':
      'Le niveau annoncé est vrai mais plus faible que demandé. Vérifiez que le fournisseur lit acr_values et demande un second facteur.',
    'trial.provider.fix.amr': 'Aucun mot de amr n’est connu (RFC 8176 : pwd, otp, hwk, mfa…). Ils seront ignorés.',
    'trial.provider.fix.userinfo.silent': 'L’adresse userinfo n’a pas répondu, ou a répondu qu’elle ne marche pas.',
    'trial.provider.fix.userinfo.refused':
      'L’adresse userinfo refuse le jeton d’accès que le fournisseur vient de donner.',
    'trial.provider.fix.userinfo.subject': 'Le sub de userinfo doit être celui du jeton d’identité.',
    'trial.provider.fix.userinfo.type':
      'Le type de la réponse doit être celui du brouillon : application/json, ou application/jwt si elle est signée.',
    'trial.provider.fix.userinfo.signature':
      'La signature ou le chiffrement de userinfo ne correspond pas au brouillon.',
    'trial.provider.fix.userinfo.wrong': 'La réponse de userinfo n’est pas celle que la norme demande.',
    'trial.provider.fix.claims':
      'Des données manquent ou sont mal formées : voyez la liste. Si elles ont d’autres noms chez vous, dites-le dans le brouillon.',
    'trial.provider.fix.logout':
      'Le document n’a pas de end_session_endpoint : après une déconnexion, la personne reste connectée chez le fournisseur.',
    'trial.claims': 'Données reçues',
    'trial.claims.text': 'Présence et forme seulement : les valeurs ont été oubliées.',
    'trial.claim.well_formed': 'Bien formée',
    'trial.claim.wrong': 'À corriger',
    'trial.claim.absent': 'Absente, facultative',
    'trial.claim.theirs': 'Chez le fournisseur :',
    'trial.problem.not_an_object': 'La réponse n’est pas un objet JSON.',
    'trial.problem.missing': 'Obligatoire, et absente.',
    'trial.problem.not_text': 'Doit être un texte.',
    'trial.problem.too_long': 'Trop longue.',
    'trial.problem.forbidden_character': 'Contient un caractère interdit ou invisible.',
    'trial.problem.no_letter': 'Ne contient aucune lettre.',
    'trial.problem.malformed': 'N’a pas la forme attendue.',
    'trial.problem.impossible_date': 'Cette date n’existe pas.',
    'trial.problem.future': 'Cette date est dans le futur.',
    'trial.problem.wrong_check_digit': 'La clé de contrôle est fausse.',
    'trial.problem.contradiction': 'Contredit une autre donnée.',
    'trial.go': 'Connexion d’essai',
    'trial.go.text':
      'Ce site est essayé avant sa mise en service. Personne ne vous demande qui vous êtes : vous y entrerez comme une personne fictive. Si vous ne vous y attendiez pas, fermez cette page.',
    'trial.go.on': 'Continuer vers {host}',
    'trial.stopped': 'La connexion d’essai s’arrête ici',
    'trial.stopped.text':
      'Cette adresse sert à essayer un site avant sa mise en service. Le site a envoyé une demande qui ne va pas ; voici ce qu’il faut changer.',
    'trial.stray': 'Cette réponse ne correspond à aucun essai de ce navigateur',
    'trial.stray.text':
      'Un essai se finit une seule fois, dans le navigateur qui l’a commencé et dans la demi-heure. Rien n’a été gardé. Recommencez depuis la page de l’essai.',
    'trial.left': 'Déconnexion d’essai faite',
    'trial.left.text': 'La connexion d’essai est terminée. Vous pouvez fermer cette page.',
  },
  en: {
    'trial.places': 'Other pages',
    'trial.home.desk': 'Partners’ space',
    'trial.home.console': 'Console',
    'trial.link': 'Make a test login',
    'trial.draft': 'The draft',
    'trial.leave': 'Sign out',
    'trial.title': 'Test login: {name}',
    'trial.checks': 'What was checked',
    'trial.count':
      '{passed, plural, =0 {No check passed} one {# check passed} other {# checks passed}}, {failed, plural, =0 {none failed} one {# failed} other {# failed}}, out of {all}.',
    'trial.refresh': 'Refresh',
    'trial.more': 'Other actions',
    'trial.seen': 'Received:',
    'trial.detail': 'For support, exactly:',
    'trial.state.passed': 'Passed',
    'trial.state.failed': 'Failed',
    'trial.state.not_seen': 'Not seen yet',
    'trial.state.not_reached': 'Not reached',
    'trial.state.not_needed': 'Not needed',
    'trial.done.begun': 'The trial is open. Give these settings to your site, then sign in at your site.',
    'trial.done.ended': 'The trial is over. Its address answers no more.',
    'trial.done.sent': 'The logout message was sent: see the last check.',
    'trial.done.not_sent':
      'Nothing was sent: it takes a logout address in the draft, and a test login that was made at your site.',
    'trial.done.there':
      'A trial was opened or ended meanwhile, perhaps by a colleague. Nothing was changed; this is where it stands.',
    'trial.done.too_many':
      'Your organisation has made many trials in this hour. Try again in a few minutes; the one that is open goes on.',
    'trial.done.untryable': 'The trial could not begin: the draft has changed. Read it again, then start over.',
    'trial.done.issuer_taken':
      'The trial did not begin: the issuer in the draft is that of another organisation’s provider. Name your own.',
    'trial.untryable.no_draft': 'There is no draft to try',
    'trial.untryable.no_draft.text': 'A trial is about a draft, before its publication. Open a draft, then come back.',
    'trial.untryable.faults': 'The draft has faults',
    'trial.untryable.faults.text':
      'While a field is wrong there is nothing to try. Open the draft, mend the fields that it points at, then come back.',
    'trial.untryable.kind': 'This provider is not tried here',
    'trial.untryable.kind.text':
      'A trial speaks OpenID Connect. A gateway, or the hub’s own means, have a way of their own.',
    'trial.service.lead':
      'The hub plays its part for this draft alone, at a test address, with a fictional person. Nothing is published, nobody is created, and nothing is written in the history of connections.',
    'trial.service.begin': 'Open a trial',
    'trial.service.again': 'Open another trial',
    'trial.service.again.text': 'The address of the trial changes; the one before answers no more.',
    'trial.service.end': 'End the trial',
    'trial.service.send_logout': 'Send a logout message',
    'trial.service.send_logout.text': 'For the last test login, to the logout address of the draft.',
    'trial.service.settings': 'Settings for your site',
    'trial.service.settings.text':
      'Give them to a test site, sign in at that site, then refresh this page. The trial ends on {until}. When you change the draft, the checks begin again.',
    'trial.service.person':
      'During the trial, whoever signs in at that site enters as the fictional person “Camille Dominique EXEMPLE-FICTIF”. Do not use a site that is open to the public.',
    'trial.issuer': 'Issuer',
    'trial.discovery': 'Discovery document',
    'trial.client': 'Client id',
    'trial.method': 'Authentication',
    'trial.method.secret': 'with a secret in force',
    'trial.method.key': 'with a key of the draft',
    'trial.method.none': 'no secret yet: make one first',
    'trial.redirects': 'Redirect URIs',
    'trial.scopes': 'Scopes',
    'trial.logout': 'Logout',
    'trial.service.check.discovery': 'Discovery document read',
    'trial.service.check.client': 'Client id',
    'trial.service.check.redirect': 'Exact redirect URI',
    'trial.service.check.response_type': 'Authorization code asked',
    'trial.service.check.pkce': 'PKCE with S256',
    'trial.service.check.state': 'A state is there',
    'trial.service.check.nonce': 'A nonce is there',
    'trial.service.check.scopes': 'Scopes within the draft',
    'trial.service.check.request': 'Request accepted',
    'trial.service.check.token_method': 'How the service authenticates',
    'trial.service.check.token_auth': 'Secret or key of the service',
    'trial.service.check.exchange': 'Code exchanged for tokens',
    'trial.service.check.code_once': 'Code used once',
    'trial.service.check.keys': 'Signing keys read',
    'trial.service.check.userinfo': 'Identity asked with the token',
    'trial.service.check.logout': 'Logout asked by the site',
    'trial.service.check.backchannel': 'Logout message received by the site',
    'trial.service.fix.client.missing': 'Add client_id to the request: the id of the service.',
    'trial.service.fix.client.other': 'Send the id of the service as client_id, unchanged.',
    'trial.service.fix.redirect.missing': 'Add redirect_uri to the request.',
    'trial.service.fix.redirect.not_exact':
      'The redirect URI must be one of the draft’s, to the letter: trailing slash, capitals, port and parameters included. Change what the site sends, or add this address to the draft.',
    'trial.service.fix.response_type.missing': 'Add response_type=code to the request.',
    'trial.service.fix.response_type.other': 'Ask for response_type=code: other flows are not accepted.',
    'trial.service.fix.pkce.missing':
      'Switch PKCE on in your library: the request must carry code_challenge and code_challenge_method=S256.',
    'trial.service.fix.pkce.method': 'Send code_challenge_method=S256: the method plain is not accepted.',
    'trial.service.fix.pkce.malformed':
      'code_challenge must be the SHA-256 of the code_verifier in base64url without “=”: 43 characters.',
    'trial.service.fix.state.missing':
      'Send an unpredictable state that belongs to the browser, and compare it on return: without it somebody can sign a person in to an account that is not theirs.',
    'trial.service.fix.nonce.missing':
      'Send an unpredictable nonce and compare it with that of the id token: without it a token can be replayed.',
    'trial.service.fix.scopes.openid_missing': 'The scope openid is required: add it to the parameter scope.',
    'trial.service.fix.scopes.not_in_draft':
      'These scopes are not in the draft. Leave them out of the site’s request, or add them to the draft with their justification.',
    'trial.service.fix.request.refused': 'The request was refused for the reason below. Mend it in your site.',
    'trial.service.fix.token_method.none':
      'The site did not authenticate. Configure the method of the draft in your library.',
    'trial.service.fix.token_method.several': 'The site authenticates in several ways at once. Keep one.',
    'trial.service.fix.token_method.other':
      'The site authenticates in another way than the draft says. Change the library, or the draft.',
    'trial.service.fix.token_auth.client':
      'The id that was sent with the secret or the key is not that of the service.',
    'trial.service.fix.token_auth.secret':
      'The secret is none of those in force. Copy it again without spaces, or rotate it.',
    'trial.service.fix.token_auth.header':
      'The Authorization header is malformed: id and secret are encoded as in a form, joined by “:”, then put in base64.',
    'trial.service.fix.token_auth.audience':
      'The audience (aud) of the assertion must be the issuer of the trial, alone.',
    'trial.service.fix.token_auth.time':
      'The dates of the assertion are wrong: exp must come within ten minutes, and the site’s clock must be right.',
    'trial.service.fix.token_auth.once': 'Each assertion serves once: give each of them a new jti.',
    'trial.service.fix.token_auth.key':
      'The signature fits no key of the draft. Check the site’s private key, its kid and its algorithm.',
    'trial.service.fix.token_auth.other': 'The site’s authentication was refused for the reason below.',
    'trial.service.fix.exchange.verifier':
      'The code_verifier is missing, or not the one that the code_challenge came from. Keep it in the session of the browser that began.',
    'trial.service.fix.exchange.redirect':
      'The redirect_uri of the exchange must be that of the request, to the letter.',
    'trial.service.fix.exchange.expired': 'The code has expired. Exchange it upon return: it lives for half a minute.',
    'trial.service.fix.exchange.unknown':
      'This code is not known. Send the code that came back, decoded once, to the token address of the trial.',
    'trial.service.fix.exchange.other': 'The exchange was refused for the reason below.',
    'trial.service.fix.code_once.again':
      'The site presented the same code twice. Do not exchange again when the return page is reloaded.',
    'trial.service.fix.userinfo.parameter':
      'Send the access token in the header “Authorization: Bearer”, not as a parameter.',
    'trial.service.fix.userinfo.no_token': 'The access token is missing: header “Authorization: Bearer”.',
    'trial.service.fix.userinfo.scheme': 'The access token is sent by the scheme Bearer.',
    'trial.service.fix.userinfo.token':
      'The access token is not good here. Send the one of the exchange, within its minute, to the address of the trial.',
    'trial.service.fix.logout.hint_missing':
      'Add id_token_hint, the last id token: without it the person has to be asked to confirm.',
    'trial.service.fix.logout.hint_wrong': 'The id token that was sent is not of this trial, or was changed.',
    'trial.service.fix.logout.address_missing':
      'Add post_logout_redirect_uri, one of the draft’s addresses: without it the person stays at the hub.',
    'trial.service.fix.logout.address_not_exact': 'The address after logout must be one of the draft’s, to the letter.',
    'trial.service.fix.backchannel.refused':
      'The site refused the message (400). Check that it accepts the issuer of the trial, reads its keys and knows sub and sid.',
    'trial.service.fix.backchannel.silent':
      'The site did not answer. The address must be reachable from the hub, and answer within five seconds.',
    'trial.service.fix.backchannel.status':
      'The site must answer 200 once the session is closed, without a redirection or a sign-in page.',
    'trial.provider.lead':
      'The hub behaves as the client that you will meet after publication. You sign in at the provider with an account of your own; only the checks and the names of the data are kept, for two hours. Nobody is created or linked.',
    'trial.provider.go': 'Try',
    'trial.provider.go.text': 'The provider must know these two addresses.',
    'trial.provider.redirect': 'Redirect URI to register',
    'trial.provider.keys': 'Keys of the hub',
    'trial.provider.level': 'Level to ask for',
    'trial.provider.begin': 'Go to the provider',
    'trial.provider.at': 'Trial of {date}.',
    'trial.provider.past': 'The draft has changed since this trial: make it again.',
    'trial.provider.check.discovery': 'Discovery document',
    'trial.provider.check.keys': 'Signing keys',
    'trial.provider.check.return': 'Return from the provider',
    'trial.provider.check.tokens': 'Exchange of the code',
    'trial.provider.check.signature': 'Signature of the id token',
    'trial.provider.check.times': 'Dates of the id token',
    'trial.provider.check.issuer': 'Issuer (iss)',
    'trial.provider.check.audience': 'Audience (aud)',
    'trial.provider.check.nonce': 'Nonce',
    'trial.provider.check.subject': 'Subject (sub)',
    'trial.provider.check.auth_time': 'Time of authentication (auth_time)',
    'trial.provider.check.acr': 'Level that is said (acr)',
    'trial.provider.check.level': 'Level asked is reached',
    'trial.provider.check.amr': 'Methods of authentication (amr)',
    'trial.provider.check.userinfo': 'Answer with the identity (userinfo)',
    'trial.provider.check.claims': 'Data there and well-formed',
    'trial.provider.check.logout': 'Logout address',
    'trial.provider.fix.discovery.silent':
      'The discovery document cannot be read. Check the address, the certificate, and that it answers from the internet.',
    'trial.provider.fix.discovery.address': 'An address is not accepted: all of them must be https and public.',
    'trial.provider.fix.discovery.issuer':
      'The issuer of the document is not the draft’s, to the letter (mind the trailing slash).',
    'trial.provider.fix.discovery.wrong':
      'The document is not complete: a 200 in JSON, with issuer, authorization_endpoint, token_endpoint and jwks_uri.',
    'trial.provider.fix.keys.silent': 'The keys cannot be read. Check that jwks_uri answers from the internet.',
    'trial.provider.fix.keys.empty': 'No key is published at jwks_uri.',
    'trial.provider.fix.keys.wrong': 'jwks_uri must answer 200 with a key set (JWKS), without a redirection.',
    'trial.provider.fix.return.cancelled':
      'The provider says that the person turned back (access_denied). Start over and go to the end, or see why it refuses.',
    'trial.provider.fix.return.issuer':
      'The answer must carry iss, equal to the draft’s issuer, since the discovery document announces it.',
    'trial.provider.fix.return.error':
      'The provider sent an error back. Check the client id, the redirect URI, the scopes and the level asked.',
    'trial.provider.fix.return.wrong':
      'The answer must come back to the redirect URI with code and the same state, each once, and nothing else.',
    'trial.provider.fix.tokens.silent': 'The token address did not answer, or answered that it is out of order.',
    'trial.provider.fix.tokens.client':
      'The provider does not know the client: check the id, the secret or the key, and the method of authentication.',
    'trial.provider.fix.tokens.grant':
      'The provider refuses the code: check how it compares redirect_uri and PKCE (S256), and how long a code lives.',
    'trial.provider.fix.tokens.error': 'The provider refuses to exchange the code, by an error.',
    'trial.provider.fix.tokens.missing': 'The answer has no id_token: the scope openid must bring one.',
    'trial.provider.fix.tokens.wrong':
      'The answer of the token address must be JSON with access_token, token_type and id_token.',
    'trial.provider.fix.signature.encryption':
      'The encryption is not that of the draft: check that both sides agreed on it, and with a present key of the hub.',
    'trial.provider.fix.signature.algorithm': 'The algorithm of the signature is none of the draft’s.',
    'trial.provider.fix.signature.key': 'The token names a key (kid) that is not published at jwks_uri.',
    'trial.provider.fix.signature.malformed':
      'The token is no complete signed JWT: iss, sub, aud, exp and iat are required.',
    'trial.provider.fix.signature.wrong': 'The signature does not fit the key that is published.',
    'trial.provider.fix.times': 'The token has expired, or is dated in the future. Set the provider’s clock right.',
    'trial.provider.fix.issuer': 'iss must be exactly the draft’s issuer.',
    'trial.provider.fix.audience': 'aud must be the client id, and azp as well if there is one.',
    'trial.provider.fix.nonce': 'The token must carry the nonce of the request, unchanged.',
    'trial.provider.fix.subject': 'sub must be stable, in ASCII, of 255 characters at most.',
    'trial.provider.fix.auth_time.missing':
      'When a new authentication is asked for (max_age=0), auth_time is required.',
    'trial.provider.fix.auth_time.old':
      'A new authentication was asked for (prompt=login), and the provider answered with an old one.',
    'trial.provider.fix.auth_time.future': 'The time of authentication is in the future, or cannot be read.',
    'trial.provider.fix.acr.missing':
      'The token must say in acr the level that was really reached: one that nobody asserts cannot be believed.',
    'trial.provider.fix.acr.unknown':
      'The draft does not know this word. Send eidas1, eidas2 or eidas3, or add your word to those of the draft.',
    'trial.provider.fix.acr.above':
      'The level is higher than those that this provider may give. Only operators can allow more.',
    'trial.provider.fix.level':
      'The level is true, but weaker than asked. Check that the provider reads acr_values and asks for a second factor.',
    'trial.provider.fix.amr': 'No word of amr is known (RFC 8176: pwd, otp, hwk, mfa…). They will be ignored.',
    'trial.provider.fix.userinfo.silent': 'The userinfo address did not answer, or answered that it is out of order.',
    'trial.provider.fix.userinfo.refused':
      'The userinfo address refuses the access token that the provider has just given.',
    'trial.provider.fix.userinfo.subject': 'The sub of userinfo must be that of the id token.',
    'trial.provider.fix.userinfo.type':
      'The media type must be that of the draft: application/json, or application/jwt when it is signed.',
    'trial.provider.fix.userinfo.signature': 'The signature or encryption of userinfo is not that of the draft.',
    'trial.provider.fix.userinfo.wrong': 'The answer of userinfo is not what the standard asks for.',
    'trial.provider.fix.claims':
      'Data are missing or malformed: see the list. If they have other names on your side, say so in the draft.',
    'trial.provider.fix.logout':
      'The document has no end_session_endpoint: after a logout, the person stays signed in at the provider.',
    'trial.claims': 'Data received',
    'trial.claims.text': 'Presence and form only: the values were forgotten.',
    'trial.claim.well_formed': 'Well-formed',
    'trial.claim.wrong': 'To be mended',
    'trial.claim.absent': 'Absent, optional',
    'trial.claim.theirs': 'At the provider:',
    'trial.problem.not_an_object': 'The answer is no JSON object.',
    'trial.problem.missing': 'Required, and absent.',
    'trial.problem.not_text': 'Must be a text.',
    'trial.problem.too_long': 'Too long.',
    'trial.problem.forbidden_character': 'Has a forbidden or invisible character.',
    'trial.problem.no_letter': 'Has no letter.',
    'trial.problem.malformed': 'Does not have the expected form.',
    'trial.problem.impossible_date': 'There is no such date.',
    'trial.problem.future': 'This date is in the future.',
    'trial.problem.wrong_check_digit': 'The check digit is wrong.',
    'trial.problem.contradiction': 'Contradicts other data.',
    'trial.go': 'Test login',
    'trial.go.text':
      'This site is being tried before it opens. Nobody asks who you are: you will enter it as a fictional person. If you did not expect this, close this page.',
    'trial.go.on': 'Go on to {host}',
    'trial.stopped': 'The test login stops here',
    'trial.stopped.text':
      'This address serves to try a site before it opens. The site sent a request that is not right; this is what to change.',
    'trial.stray': 'This answer belongs to no trial of this browser',
    'trial.stray.text':
      'A trial ends once, in the browser that began it and within half an hour. Nothing was kept. Begin again from the page of the trial.',
    'trial.left': 'Signed out of the trial',
    'trial.left.text': 'The test login is over. You can close this page.',
  },
  ar: {
    'trial.places': 'صفحات أخرى',
    'trial.home.desk': 'فضاء الشركاء',
    'trial.home.console': 'لوحة المشغّلين',
    'trial.link': 'إجراء دخول تجريبي',
    'trial.draft': 'المسودة',
    'trial.leave': 'تسجيل الخروج',
    'trial.title': 'دخول تجريبي: {name}',
    'trial.checks': 'ما جرى التحقق منه',
    'trial.count':
      '{passed, plural, =0 {لم ينجح أي تحقق} one {نجح تحقق واحد} two {نجح تحققان} few {نجحت # تحققات} many {نجح # تحققًا} other {نجح # تحقق}}، {failed, plural, =0 {ولم يفشل أي منها} one {وفشل واحد} two {وفشل اثنان} few {وفشلت #} many {وفشل #} other {وفشل #}}، من أصل {all}.',
    'trial.refresh': 'تحديث الصفحة',
    'trial.more': 'إجراءات أخرى',
    'trial.seen': 'المستلَم:',
    'trial.detail': 'للدعم، بالتحديد:',
    'trial.state.passed': 'ناجح',
    'trial.state.failed': 'فاشل',
    'trial.state.not_seen': 'لم يُرَ بعد',
    'trial.state.not_reached': 'لم يُبلَغ',
    'trial.state.not_needed': 'غير لازم',
    'trial.done.begun': 'فُتحت التجربة. أعطِ موقعك هذه الإعدادات، ثم سجّل الدخول في موقعك.',
    'trial.done.ended': 'انتهت التجربة. لم يعد عنوانها يجيب.',
    'trial.done.sent': 'أُرسلت رسالة الخروج: انظر التحقق الأخير.',
    'trial.done.not_sent': 'لم يُرسل شيء: يلزم عنوان للخروج في المسودة، ودخول تجريبي جرى في موقعك.',
    'trial.done.there': 'فُتحت تجربة أو انتهت في الأثناء، ربما من زميل لك. لم يتغير شيء، وهذه حالتها الآن.',
    'trial.done.too_many':
      'أجرت مؤسستك تجارب كثيرة خلال هذه الساعة. أعد المحاولة بعد بضع دقائق؛ والتجربة المفتوحة مستمرة.',
    'trial.done.untryable': 'لم تبدأ التجربة: تغيّرت المسودة. أعد قراءتها ثم ابدأ من جديد.',
    'trial.done.issuer_taken': 'لم تبدأ التجربة: المُصدِر (issuer) في المسودة هو مُصدِر مزوّد لمؤسسة أخرى. اذكر مُصدِركم.',
    'trial.untryable.no_draft': 'لا توجد مسودة لتجربتها',
    'trial.untryable.no_draft.text': 'التجربة تخص مسودة قبل نشرها. افتح مسودة ثم عد إلى هنا.',
    'trial.untryable.faults': 'في المسودة أخطاء',
    'trial.untryable.faults.text':
      'ما دام أحد الحقول خاطئًا فلا شيء يُجرَّب. افتح المسودة وصحّح الحقول المشار إليها ثم عد إلى هنا.',
    'trial.untryable.kind': 'هذا المزوّد لا يُجرَّب هنا',
    'trial.untryable.kind.text': 'التجربة تتكلم OpenID Connect. أما البوابة ووسائل المنصة الخاصة فلها طريق آخر.',
    'trial.service.lead':
      'تؤدي المنصة دورها لهذه المسودة وحدها، على عنوان تجريبي، وبشخص خيالي. لا يُنشر شيء، ولا يُنشأ أحد، ولا يُكتب شيء في سجل الاتصالات.',
    'trial.service.begin': 'فتح تجربة',
    'trial.service.again': 'فتح تجربة أخرى',
    'trial.service.again.text': 'يتغير عنوان التجربة، والعنوان السابق لا يجيب بعد ذلك.',
    'trial.service.end': 'إنهاء التجربة',
    'trial.service.send_logout': 'إرسال رسالة خروج',
    'trial.service.send_logout.text': 'عن آخر دخول تجريبي، إلى عنوان الخروج في المسودة.',
    'trial.service.settings': 'إعدادات لموقعك',
    'trial.service.settings.text':
      'أعطها لموقع اختبار، وسجّل الدخول في ذلك الموقع، ثم حدّث هذه الصفحة. تنتهي التجربة في {until}. وإذا غيّرت المسودة بدأت التحققات من جديد.',
    'trial.service.person':
      'أثناء التجربة يدخل كل من يسجّل الدخول في ذلك الموقع بصفة الشخص الخيالي «Camille Dominique EXEMPLE-FICTIF». لا تستعمل موقعًا مفتوحًا للجمهور.',
    'trial.issuer': 'المُصدِر (issuer)',
    'trial.discovery': 'وثيقة الاستكشاف',
    'trial.client': 'المعرّف (client_id)',
    'trial.method': 'إثبات هوية الخدمة',
    'trial.method.secret': 'بسرّ ساري المفعول',
    'trial.method.key': 'بمفتاح من المسودة',
    'trial.method.none': 'لا سرّ بعد: أنشئ واحدًا أولًا',
    'trial.redirects': 'عناوين العودة',
    'trial.scopes': 'النطاقات (scope)',
    'trial.logout': 'الخروج',
    'trial.service.check.discovery': 'قراءة وثيقة الاستكشاف',
    'trial.service.check.client': 'معرّف الخدمة',
    'trial.service.check.redirect': 'عنوان العودة مطابق تمامًا',
    'trial.service.check.response_type': 'طلب رمز التفويض',
    'trial.service.check.pkce': 'PKCE بطريقة S256',
    'trial.service.check.state': 'وجود القيمة state',
    'trial.service.check.nonce': 'وجود القيمة nonce',
    'trial.service.check.scopes': 'النطاقات ضمن المسودة',
    'trial.service.check.request': 'قبول الطلب',
    'trial.service.check.token_method': 'طريقة إثبات هوية الخدمة',
    'trial.service.check.token_auth': 'سرّ الخدمة أو مفتاحها',
    'trial.service.check.exchange': 'استبدال الرمز بالرموز المميزة',
    'trial.service.check.code_once': 'استعمال الرمز مرة واحدة',
    'trial.service.check.keys': 'قراءة مفاتيح التوقيع',
    'trial.service.check.userinfo': 'طلب الهوية بالرمز المميز',
    'trial.service.check.logout': 'طلب الخروج من الموقع',
    'trial.service.check.backchannel': 'استلام الموقع لرسالة الخروج',
    'trial.service.fix.client.missing': 'أضف client_id إلى الطلب، وهو معرّف الخدمة.',
    'trial.service.fix.client.other': 'أرسل معرّف الخدمة في client_id كما هو.',
    'trial.service.fix.redirect.missing': 'أضف redirect_uri إلى الطلب.',
    'trial.service.fix.redirect.not_exact':
      'يجب أن يكون عنوان العودة أحد عناوين المسودة حرفًا بحرف، بما في ذلك الشرطة الأخيرة والأحرف الكبيرة والمنفذ والمعاملات. غيّر ما يرسله الموقع، أو أضف هذا العنوان إلى المسودة.',
    'trial.service.fix.response_type.missing': 'أضف response_type=code إلى الطلب.',
    'trial.service.fix.response_type.other': 'اطلب response_type=code، فالمسارات الأخرى غير مقبولة.',
    'trial.service.fix.pkce.missing':
      'فعّل PKCE في مكتبتك: يجب أن يحمل الطلب code_challenge و code_challenge_method=S256.',
    'trial.service.fix.pkce.method': 'أرسل code_challenge_method=S256، فالطريقة plain غير مقبولة.',
    'trial.service.fix.pkce.malformed':
      'يجب أن يكون code_challenge هو SHA-256 للقيمة code_verifier بترميز base64url دون «=»: 43 محرفًا.',
    'trial.service.fix.state.missing':
      'أرسل قيمة state لا يمكن توقعها ومرتبطة بالمتصفح، وقارنها عند العودة: فبدونها يستطيع أحد إدخال شخص إلى حساب ليس حسابه.',
    'trial.service.fix.nonce.missing':
      'أرسل قيمة nonce لا يمكن توقعها وقارنها بما في رمز الهوية: فبدونها يمكن إعادة استعمال رمز.',
    'trial.service.fix.scopes.openid_missing': 'النطاق openid إلزامي: أضفه إلى المعامل scope.',
    'trial.service.fix.scopes.not_in_draft':
      'هذه النطاقات ليست في المسودة. احذفها من طلب الموقع، أو أضفها إلى المسودة مع تبريرها.',
    'trial.service.fix.request.refused': 'رُفض الطلب للسبب المذكور أدناه. صحّحه في موقعك.',
    'trial.service.fix.token_method.none': 'لم يثبت الموقع هويته. اضبط طريقة المسودة في مكتبتك.',
    'trial.service.fix.token_method.several': 'يثبت الموقع هويته بعدة طرق معًا. أبقِ واحدة فقط.',
    'trial.service.fix.token_method.other': 'يثبت الموقع هويته بغير ما تقوله المسودة. غيّر المكتبة أو المسودة.',
    'trial.service.fix.token_auth.client': 'المعرّف المرسل مع السرّ أو المفتاح ليس معرّف الخدمة.',
    'trial.service.fix.token_auth.secret': 'السرّ ليس من الأسرار السارية. انسخه من جديد دون فراغات، أو جدّده.',
    'trial.service.fix.token_auth.header':
      'الترويسة Authorization غير سليمة: يُرمَّز المعرّف والسرّ كما في نموذج، ويُوصلان بعلامة «:»، ثم يُحوّلان إلى base64.',
    'trial.service.fix.token_auth.audience': 'يجب أن يكون المقصود (aud) في الإثبات هو مُصدِر التجربة وحده.',
    'trial.service.fix.token_auth.time':
      'تواريخ الإثبات غير سليمة: يجب أن يحلّ exp خلال أقل من عشر دقائق، وأن تكون ساعة الموقع مضبوطة.',
    'trial.service.fix.token_auth.once': 'كل إثبات يُستعمل مرة واحدة: أعطِ كلًّا منها jti جديدًا.',
    'trial.service.fix.token_auth.key':
      'التوقيع لا يطابق أي مفتاح في المسودة. تحقق من مفتاح الموقع الخاص ومن kid ومن الخوارزمية.',
    'trial.service.fix.token_auth.other': 'رُفض إثبات هوية الموقع للسبب المذكور أدناه.',
    'trial.service.fix.exchange.verifier':
      'القيمة code_verifier غائبة أو ليست التي جاء منها code_challenge. احفظها في جلسة المتصفح الذي بدأ.',
    'trial.service.fix.exchange.redirect': 'يجب أن يكون redirect_uri في الاستبدال هو نفسه في الطلب حرفًا بحرف.',
    'trial.service.fix.exchange.expired': 'انتهت صلاحية الرمز. استبدله فور العودة، فهو يعيش نصف دقيقة فقط.',
    'trial.service.fix.exchange.unknown':
      'هذا الرمز غير معروف. أرسل القيمة code التي عادت، بفكّ ترميز واحد، إلى عنوان الرموز في التجربة.',
    'trial.service.fix.exchange.other': 'رُفض الاستبدال للسبب المذكور أدناه.',
    'trial.service.fix.code_once.again': 'قدّم الموقع الرمز نفسه مرتين. لا تُعد الاستبدال عند إعادة تحميل صفحة العودة.',
    'trial.service.fix.userinfo.parameter': 'أرسل رمز الوصول في الترويسة «Authorization: Bearer» وليس كمعامل.',
    'trial.service.fix.userinfo.no_token': 'رمز الوصول غائب: الترويسة «Authorization: Bearer».',
    'trial.service.fix.userinfo.scheme': 'يُرسل رمز الوصول بالطريقة Bearer.',
    'trial.service.fix.userinfo.token': 'رمز الوصول غير صالح هنا. أرسل رمز الاستبدال خلال دقيقته إلى عنوان التجربة.',
    'trial.service.fix.logout.hint_missing': 'أضف id_token_hint، وهو آخر رمز هوية: فبدونه يجب طلب التأكيد من الشخص.',
    'trial.service.fix.logout.hint_wrong': 'رمز الهوية المرسل ليس من هذه التجربة، أو جرى تغييره.',
    'trial.service.fix.logout.address_missing':
      'أضف post_logout_redirect_uri، أحد عناوين المسودة: فبدونه يبقى الشخص في المنصة.',
    'trial.service.fix.logout.address_not_exact': 'يجب أن يكون العنوان بعد الخروج أحد عناوين المسودة حرفًا بحرف.',
    'trial.service.fix.backchannel.refused':
      'رفض الموقع الرسالة (400). تحقق من أنه يقبل مُصدِر التجربة ويقرأ مفاتيحه ويعرف sub و sid.',
    'trial.service.fix.backchannel.silent': 'لم يجب الموقع. يجب أن يكون العنوان متاحًا للمنصة وأن يجيب خلال خمس ثوانٍ.',
    'trial.service.fix.backchannel.status': 'يجب أن يجيب الموقع بـ 200 عند إغلاق الجلسة، دون تحويل ودون صفحة دخول.',
    'trial.provider.lead':
      'تتصرف المنصة كالعميل الذي ستلقاه بعد النشر. تسجّل الدخول عند المزوّد بحساب لك؛ ولا يُحفظ إلا التحققات وأسماء البيانات لمدة ساعتين. لا يُنشأ أحد ولا يُربط.',
    'trial.provider.go': 'التجربة',
    'trial.provider.go.text': 'يجب أن يعرف المزوّد هذين العنوانين.',
    'trial.provider.redirect': 'عنوان العودة الواجب تسجيله',
    'trial.provider.keys': 'مفاتيح المنصة',
    'trial.provider.level': 'المستوى المطلوب',
    'trial.provider.begin': 'الذهاب إلى المزوّد',
    'trial.provider.at': 'تجربة {date}.',
    'trial.provider.past': 'تغيّرت المسودة منذ هذه التجربة: أعدها.',
    'trial.provider.check.discovery': 'وثيقة الاستكشاف',
    'trial.provider.check.keys': 'مفاتيح التوقيع',
    'trial.provider.check.return': 'العودة من المزوّد',
    'trial.provider.check.tokens': 'استبدال الرمز',
    'trial.provider.check.signature': 'توقيع رمز الهوية',
    'trial.provider.check.times': 'تواريخ رمز الهوية',
    'trial.provider.check.issuer': 'المُصدِر (iss)',
    'trial.provider.check.audience': 'المقصود (aud)',
    'trial.provider.check.nonce': 'القيمة nonce',
    'trial.provider.check.subject': 'المعرّف (sub)',
    'trial.provider.check.auth_time': 'وقت إثبات الهوية (auth_time)',
    'trial.provider.check.acr': 'المستوى المعلن (acr)',
    'trial.provider.check.level': 'بلوغ المستوى المطلوب',
    'trial.provider.check.amr': 'طرق إثبات الهوية (amr)',
    'trial.provider.check.userinfo': 'جواب الهوية (userinfo)',
    'trial.provider.check.claims': 'وجود البيانات وسلامة شكلها',
    'trial.provider.check.logout': 'عنوان الخروج',
    'trial.provider.fix.discovery.silent':
      'لا يمكن قراءة وثيقة الاستكشاف. تحقق من العنوان ومن الشهادة ومن أنها تجيب عبر الإنترنت.',
    'trial.provider.fix.discovery.address': 'أحد العناوين غير مقبول: يجب أن تكون كلها https وعامة.',
    'trial.provider.fix.discovery.issuer': 'المُصدِر في الوثيقة ليس مُصدِر المسودة حرفًا بحرف (انتبه إلى الشرطة الأخيرة).',
    'trial.provider.fix.discovery.wrong':
      'الوثيقة غير كاملة: جواب 200 بصيغة JSON فيه issuer و authorization_endpoint و token_endpoint و jwks_uri.',
    'trial.provider.fix.keys.silent': 'لا يمكن قراءة المفاتيح. تحقق من أن jwks_uri يجيب عبر الإنترنت.',
    'trial.provider.fix.keys.empty': 'لا مفتاح منشور في jwks_uri.',
    'trial.provider.fix.keys.wrong': 'يجب أن يجيب jwks_uri بـ 200 ومجموعة مفاتيح (JWKS) دون تحويل.',
    'trial.provider.fix.return.cancelled':
      'يقول المزوّد إن الشخص عدل عن ذلك (access_denied). أعد التجربة حتى نهايتها، أو ابحث عن سبب رفضه.',
    'trial.provider.fix.return.issuer': 'يجب أن يحمل الجواب iss مساويًا لمُصدِر المسودة، لأن وثيقة الاستكشاف تعلنه.',
    'trial.provider.fix.return.error': 'أعاد المزوّد خطأ. تحقق من معرّف العميل وعنوان العودة والنطاقات والمستوى المطلوب.',
    'trial.provider.fix.return.wrong':
      'يجب أن يعود الجواب إلى عنوان العودة بالقيمة code وبقيمة state نفسها، كلٌّ مرة واحدة، ولا شيء غيرهما.',
    'trial.provider.fix.tokens.silent': 'لم يجب عنوان الرموز، أو أجاب بأنه معطل.',
    'trial.provider.fix.tokens.client':
      'المزوّد لا يعرف العميل: تحقق من المعرّف ومن السرّ أو المفتاح ومن طريقة إثبات الهوية.',
    'trial.provider.fix.tokens.grant':
      'يرفض المزوّد الرمز: تحقق من مقارنته لـ redirect_uri ومن PKCE (S256) ومن عمر الرمز.',
    'trial.provider.fix.tokens.error': 'يرفض المزوّد استبدال الرمز بخطأ.',
    'trial.provider.fix.tokens.missing': 'ليس في الجواب id_token: يجب أن يأتي به النطاق openid.',
    'trial.provider.fix.tokens.wrong':
      'يجب أن يكون جواب عنوان الرموز بصيغة JSON وفيه access_token و token_type و id_token.',
    'trial.provider.fix.signature.encryption':
      'التشفير ليس تشفير المسودة: تحقق من اتفاق الطرفين عليه وبمفتاح حالي للمنصة.',
    'trial.provider.fix.signature.algorithm': 'خوارزمية التوقيع ليست من خوارزميات المسودة.',
    'trial.provider.fix.signature.key': 'يسمّي الرمز مفتاحًا (kid) غير منشور في jwks_uri.',
    'trial.provider.fix.signature.malformed': 'الرمز ليس JWT موقّعًا كاملًا: iss و sub و aud و exp و iat إلزامية.',
    'trial.provider.fix.signature.wrong': 'التوقيع لا يطابق المفتاح المنشور.',
    'trial.provider.fix.times': 'الرمز منتهي الصلاحية أو مؤرخ في المستقبل. اضبط ساعة المزوّد.',
    'trial.provider.fix.issuer': 'يجب أن يكون iss هو مُصدِر المسودة تمامًا.',
    'trial.provider.fix.audience': 'يجب أن يكون aud معرّف العميل، وكذلك azp إن وُجد.',
    'trial.provider.fix.nonce': 'يجب أن يحمل الرمز قيمة nonce التي في الطلب دون تغيير.',
    'trial.provider.fix.subject': 'يجب أن يكون sub ثابتًا وبمحارف ASCII ولا يزيد على 255 محرفًا.',
    'trial.provider.fix.auth_time.missing': 'عند طلب إثبات هوية جديد (max_age=0) يكون auth_time إلزاميًا.',
    'trial.provider.fix.auth_time.old': 'طُلب إثبات هوية جديد (prompt=login) فأجاب المزوّد بإثبات قديم.',
    'trial.provider.fix.auth_time.future': 'وقت إثبات الهوية في المستقبل أو لا يمكن قراءته.',
    'trial.provider.fix.acr.missing': 'يجب أن يذكر الرمز في acr المستوى الذي بُلغ فعلًا: فما لا يؤكده أحد لا يُصدَّق.',
    'trial.provider.fix.acr.unknown':
      'المسودة لا تعرف هذه الكلمة. أرسل eidas1 أو eidas2 أو eidas3، أو أضف كلمتكم إلى ما يقابلها في المسودة.',
    'trial.provider.fix.acr.above': 'المستوى المعلن أعلى مما يحق لهذا المزوّد. المشغّلون وحدهم يسمحون بأكثر.',
    'trial.provider.fix.level':
      'المستوى المعلن صحيح لكنه أضعف من المطلوب. تحقق من أن المزوّد يقرأ acr_values ويطلب عاملًا ثانيًا.',
    'trial.provider.fix.amr': 'لا كلمة معروفة في amr (وثيقة RFC 8176: pwd و otp و hwk و mfa…). سيجري تجاهلها.',
    'trial.provider.fix.userinfo.silent': 'لم يجب عنوان userinfo، أو أجاب بأنه معطل.',
    'trial.provider.fix.userinfo.refused': 'يرفض عنوان userinfo رمز الوصول الذي أعطاه المزوّد للتو.',
    'trial.provider.fix.userinfo.subject': 'يجب أن يكون sub في userinfo هو نفسه في رمز الهوية.',
    'trial.provider.fix.userinfo.type':
      'يجب أن يكون نوع الجواب كما في المسودة: application/json، أو application/jwt إن كان موقّعًا.',
    'trial.provider.fix.userinfo.signature': 'توقيع userinfo أو تشفيره ليس كما في المسودة.',
    'trial.provider.fix.userinfo.wrong': 'جواب userinfo ليس كما يطلبه المعيار.',
    'trial.provider.fix.claims':
      'بيانات ناقصة أو غير سليمة الشكل: انظر القائمة. وإن كانت لها أسماء أخرى عندكم فاذكروها في المسودة.',
    'trial.provider.fix.logout': 'ليس في الوثيقة end_session_endpoint: بعد الخروج يبقى الشخص متصلًا عند المزوّد.',
    'trial.claims': 'البيانات المستلَمة',
    'trial.claims.text': 'الوجود والشكل فقط: القيم نُسيت.',
    'trial.claim.well_formed': 'سليمة الشكل',
    'trial.claim.wrong': 'تحتاج إلى تصحيح',
    'trial.claim.absent': 'غائبة، اختيارية',
    'trial.claim.theirs': 'عند المزوّد:',
    'trial.problem.not_an_object': 'الجواب ليس كائن JSON.',
    'trial.problem.missing': 'إلزامية وغائبة.',
    'trial.problem.not_text': 'يجب أن تكون نصًا.',
    'trial.problem.too_long': 'طويلة جدًا.',
    'trial.problem.forbidden_character': 'فيها محرف ممنوع أو غير مرئي.',
    'trial.problem.no_letter': 'ليس فيها أي حرف.',
    'trial.problem.malformed': 'ليست بالشكل المنتظر.',
    'trial.problem.impossible_date': 'هذا التاريخ لا وجود له.',
    'trial.problem.future': 'هذا التاريخ في المستقبل.',
    'trial.problem.wrong_check_digit': 'رقم التحقق خاطئ.',
    'trial.problem.contradiction': 'تناقض بيانات أخرى.',
    'trial.go': 'دخول تجريبي',
    'trial.go.text':
      'يُجرَّب هذا الموقع قبل افتتاحه. لا يسألك أحد من أنت: ستدخل إليه بصفة شخص خيالي. وإن لم تكن تنتظر ذلك فأغلق هذه الصفحة.',
    'trial.go.on': 'المتابعة إلى {host}',
    'trial.stopped': 'يتوقف الدخول التجريبي هنا',
    'trial.stopped.text': 'هذا العنوان لتجربة موقع قبل افتتاحه. أرسل الموقع طلبًا غير سليم، وهذا ما يجب تغييره.',
    'trial.stray': 'هذا الجواب لا يخص أي تجربة في هذا المتصفح',
    'trial.stray.text':
      'تنتهي التجربة مرة واحدة، في المتصفح الذي بدأها وخلال نصف ساعة. لم يُحفظ شيء. ابدأ من جديد من صفحة التجربة.',
    'trial.left': 'تم الخروج من التجربة',
    'trial.left.text': 'انتهى الدخول التجريبي. يمكنك إغلاق هذه الصفحة.',
  },
}
