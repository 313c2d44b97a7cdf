/** Words of roles in a firm, and of the letter to who is invited. */
import type { Messages } from '../http/messages.ts'

export const firmLetterMessages: Messages = {
  fr: {
    'firm.role.administrator': 'administrateur',
    'firm.role.manager': 'responsable',
    'firm.role.employee': 'collaborateur',
    'firm.letter.invited.subject': '{hub} : vous êtes invité à travailler chez {firm}',
    'firm.letter.invited.text':
      'Bonjour,\n\nVous êtes invité à travailler chez {firm} sur {hub}. Fonction : {role}.\n\nVotre lien vous est remis à part, par la personne qui vous invite. Il vaut 7 jours et sert une seule fois : n’en donnez copie à personne. Vous l’ouvrez avec votre propre identité ; un administrateur du cabinet vérifie ensuite que c’est bien vous.\n\nSi vous n’attendiez pas cette invitation, ou si personne ne vous remet ce lien, n’en faites rien.\n\nCe message ne contient aucun lien, et nous ne vous demanderons jamais de code par message.',
  },
  en: {
    'firm.role.administrator': 'administrator',
    'firm.role.manager': 'manager',
    'firm.role.employee': 'employee',
    'firm.letter.invited.subject': '{hub}: you are invited to work at {firm}',
    'firm.letter.invited.text':
      'Hello,\n\nYou are invited to work at {firm} on {hub}. Role: {role}.\n\nYour link is handed to you separately, by the person who invites you. It is good for 7 days and once only: give a copy of it to nobody. You open it with your own identity; an administrator of the firm then checks that it is you.\n\nIf you did not expect this invitation, or if nobody hands you the link, do nothing.\n\nThis message contains no link, and we will never ask you for a code by message.',
  },
  ar: {
    'firm.role.administrator': 'مدير',
    'firm.role.manager': 'مسؤول',
    'firm.role.employee': 'موظف',
    'firm.letter.invited.subject': '{hub}: أنت مدعوّ للعمل لدى {firm}',
    'firm.letter.invited.text':
      'مرحبًا،\n\nأنت مدعوّ للعمل لدى {firm} على {hub}. الوظيفة: {role}.\n\nيُسلَّم إليك رابطك على حدة من الشخص الذي يدعوك. وهو صالح لمدة 7 أيام ولمرة واحدة: لا تعطِ نسخة منه لأحد. تفتحه بهويتك الخاصة، ثم يتحقق أحد مديري المكتب من أنك أنت المقصود.\n\nإن لم تكن تنتظر هذه الدعوة، أو لم يسلّمك أحد الرابط، فلا تفعل شيئًا.\n\nلا تحتوي هذه الرسالة على أي رابط، ولن نطلب منك أبدًا رمزًا برسالة.',
  },
}
