/** Sentences about the messages that a person gets of their sign-ins, and how they are turned off and on. */
import type { Messages } from '../http/messages.ts'

export const alertsMessages: Messages = {
  fr: {
    'alerts.title': 'Alertes de connexion',
    'alerts.on':
      'Nous vous écrivons quand quelqu’un se connecte avec votre identité depuis un appareil nouveau ou partagé.',
    'alerts.off': 'Vous avez désactivé les alertes de connexion depuis un appareil nouveau ou partagé.',
    'alerts.manage': 'Activer ou désactiver',
    'alerts.turn_off': 'Désactiver ces alertes',
    'alerts.turn_off.text':
      'Sans elles, vous pourriez apprendre tard qu’un autre que vous se connecte. Nous vous conseillons de les garder. Toutes vos adresses sont averties du changement, et vous pourrez revenir ici quand vous voudrez.',
    'alerts.turn_on': 'Activer ces alertes',
    'alerts.turn_on.text':
      'Elles arrivent à toutes vos adresses vérifiées, sans aucun lien. Nous vous les conseillons.',
    'alerts.always': 'Ce que vous recevrez toujours',
    'alerts.always.protection':
      'ce qui change à votre protection : adresse de contact, mot de passe, blocage, cette page ;',
    'alerts.always.means': 'ce qui arrive à vos moyens d’identification : ajout, suspension, retrait, fin ;',
    'alerts.always.context':
      'une connexion qui sort vraiment de l’ordinaire : un pays d’où vous ne vous étiez jamais connecté, un compte rattaché sur une preuve plus faible, un contexte suspect.',
    'own.done.alerts_off': 'Les alertes de connexion sont désactivées. Toutes vos adresses en sont averties.',
    'own.done.alerts_on': 'Les alertes de connexion sont activées. Toutes vos adresses en sont averties.',
  },
  en: {
    'alerts.title': 'Sign-in alerts',
    'alerts.on': 'We write to you when somebody signs in with your identity from a new or shared device.',
    'alerts.off': 'You have turned off alerts about sign-ins from a new or shared device.',
    'alerts.manage': 'Turn on or off',
    'alerts.turn_off': 'Turn these alerts off',
    'alerts.turn_off.text':
      'Without them you may learn late that somebody else signs in. We advise you to keep them. All your addresses are told of the change, and you can come back here whenever you like.',
    'alerts.turn_on': 'Turn these alerts on',
    'alerts.turn_on.text': 'They arrive at all your verified addresses, without any link. We advise them.',
    'alerts.always': 'What you will always get',
    'alerts.always.protection':
      'what changes about your protection: a contact address, a password, a block, this page;',
    'alerts.always.means': 'what happens to your means of identification: added, suspended, withdrawn, over;',
    'alerts.always.context':
      'a sign-in that is really out of the ordinary: from a country you had never signed in from, by an account attached on a weaker proof, in a suspicious context.',
    'own.done.alerts_off': 'Sign-in alerts are off. All your addresses are told.',
    'own.done.alerts_on': 'Sign-in alerts are on. All your addresses are told.',
  },
  ar: {
    'alerts.title': 'تنبيهات الدخول',
    'alerts.on': 'نكتب إليك عندما يسجّل أحد الدخول بهويتك من جهاز جديد أو مشترك.',
    'alerts.off': 'لقد أوقفت تنبيهات الدخول من جهاز جديد أو مشترك.',
    'alerts.manage': 'تشغيل أو إيقاف',
    'alerts.turn_off': 'إيقاف هذه التنبيهات',
    'alerts.turn_off.text':
      'من دونها قد تعلم متأخرًا أن شخصًا آخر يسجّل الدخول. ننصحك بالإبقاء عليها. تُبلَّغ كل عناوينك بالتغيير، ويمكنك العودة إلى هنا متى شئت.',
    'alerts.turn_on': 'تشغيل هذه التنبيهات',
    'alerts.turn_on.text': 'تصل إلى كل عناوينك التي تم التحقق منها، من دون أي رابط. ننصحك بها.',
    'alerts.always': 'ما ستتلقاه دائمًا',
    'alerts.always.protection': 'ما يتغيّر في حمايتك: عنوان تواصل، أو كلمة مرور، أو حظر، أو هذه الصفحة؛',
    'alerts.always.means': 'ما يحدث لوسائل تعريفك: إضافة أو إيقاف أو سحب أو انتهاء؛',
    'alerts.always.context':
      'دخول خارج عن المألوف حقًا: من بلد لم يسبق لك الدخول منه، أو بحساب رُبط بإثبات أضعف، أو في ظروف مريبة.',
    'own.done.alerts_off': 'أُوقفت تنبيهات الدخول. وتُبلَّغ بذلك كل عناوينك.',
    'own.done.alerts_on': 'شُغّلت تنبيهات الدخول. وتُبلَّغ بذلك كل عناوينك.',
  },
}
