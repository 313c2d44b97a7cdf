/** Letters that ask a partner to confirm its security contacts. No link, no code: they say where to sign in, in words. */
import type { Messages } from '../http/messages.ts'

export const contactCheckMessages: Messages = {
  fr: {
    'contact_check.none': 'personne',
    'contact_check.due.subject': '{hub} : confirmez les contacts de sécurité de {partner}',
    'contact_check.due.text':
      'Bonjour,\n\nUne fois par an, {partner} confirme à qui {hub} doit écrire si quelque chose ne va pas. C’est à faire avant le {date}.\n\nAdresse de sécurité : {mailbox}\nContacts de sécurité : {contacts}\n\nPour confirmer, ou pour corriger, un administrateur ou un contact de sécurité de {partner} tape lui-même l’adresse de l’espace des partenaires, {host}, et s’y identifie.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'contact_check.overdue.subject': '{hub} : les contacts de sécurité de {partner} ne sont plus confirmés',
    'contact_check.overdue.text':
      'Bonjour,\n\nLes contacts de sécurité de {partner} devaient être confirmés avant le {date}. Rien n’est interrompu, mais nous ne savons plus si nos alertes arrivent à quelqu’un.\n\nAdresse de sécurité : {mailbox}\nContacts de sécurité : {contacts}\n\nPour confirmer, ou pour corriger, un administrateur ou un contact de sécurité de {partner} tape lui-même l’adresse de l’espace des partenaires, {host}, et s’y identifie.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
    'contact_check.missing.subject': '{hub} : {partner} n’a aucun contact de sécurité',
    'contact_check.missing.text':
      'Bonjour,\n\n{partner} n’a indiqué à {hub} ni adresse ni personne à prévenir si quelque chose ne va pas : une fuite, une usurpation, une clé perdue.\n\nUn administrateur de {partner} peut inviter un contact de sécurité : il tape lui-même l’adresse de l’espace des partenaires, {host}, et s’y identifie.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
  },
  en: {
    'contact_check.none': 'nobody',
    'contact_check.due.subject': '{hub}: confirm the security contacts of {partner}',
    'contact_check.due.text':
      'Hello,\n\nOnce a year, {partner} confirms whom {hub} is to write to when something is wrong. This is to be done before {date}.\n\nSecurity address: {mailbox}\nSecurity contacts: {contacts}\n\nTo confirm, or to correct, an administrator or a security contact of {partner} types the address of the partners’ space, {host}, and signs in there.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'contact_check.overdue.subject': '{hub}: the security contacts of {partner} are no longer confirmed',
    'contact_check.overdue.text':
      'Hello,\n\nThe security contacts of {partner} were to be confirmed before {date}. Nothing is interrupted, but we no longer know whether our warnings reach anybody.\n\nSecurity address: {mailbox}\nSecurity contacts: {contacts}\n\nTo confirm, or to correct, an administrator or a security contact of {partner} types the address of the partners’ space, {host}, and signs in there.\n\nThis message contains no link, and we will never ask you for a code by message.',
    'contact_check.missing.subject': '{hub}: {partner} has no security contact',
    'contact_check.missing.text':
      'Hello,\n\n{partner} has given {hub} neither an address nor a person to be told when something is wrong: a leak, a stolen identity, a lost key.\n\nAn administrator of {partner} can invite a security contact: they type the address of the partners’ space, {host}, and sign in there.\n\nThis message contains no link, and we will never ask you for a code by message.',
  },
  ar: {
    'contact_check.none': 'لا أحد',
    'contact_check.due.subject': '{hub}: أكّدوا جهات الاتصال الأمنية لـ{partner}',
    'contact_check.due.text':
      'مرحبًا،\n\nمرة في السنة، يؤكد {partner} لمن ينبغي أن يكتب {hub} إذا حدث خلل. والموعد قبل {date}.\n\nالعنوان الأمني: {mailbox}\nمسؤولو الاتصال الأمني: {contacts}\n\nللتأكيد أو للتصحيح، يكتب مدير أو مسؤول اتصال أمني لدى {partner} بنفسه عنوان فضاء الشركاء، {host}، ويسجّل دخوله فيه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'contact_check.overdue.subject': '{hub}: لم تعد جهات الاتصال الأمنية لـ{partner} مؤكدة',
    'contact_check.overdue.text':
      'مرحبًا،\n\nكان ينبغي تأكيد جهات الاتصال الأمنية لـ{partner} قبل {date}. لم يتوقف شيء، لكننا لم نعد نعلم هل تصل تنبيهاتنا إلى أحد.\n\nالعنوان الأمني: {mailbox}\nمسؤولو الاتصال الأمني: {contacts}\n\nللتأكيد أو للتصحيح، يكتب مدير أو مسؤول اتصال أمني لدى {partner} بنفسه عنوان فضاء الشركاء، {host}، ويسجّل دخوله فيه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
    'contact_check.missing.subject': '{hub}: ليس لدى {partner} أي جهة اتصال أمنية',
    'contact_check.missing.text':
      'مرحبًا،\n\nلم يذكر {partner} لـ{hub} عنوانًا ولا شخصًا نُخبره إذا حدث خلل: تسرّب أو انتحال هوية أو ضياع مفتاح.\n\nيستطيع مدير لدى {partner} دعوة مسؤول اتصال أمني: يكتب بنفسه عنوان فضاء الشركاء، {host}، ويسجّل دخوله فيه.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
  },
}
