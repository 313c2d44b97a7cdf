/** Where a person chooses of which sign-ins they hear, as the list of their means says it. */
import type { Messages } from '../http/messages.ts'

export const alertsMessages: Messages = {
  fr: {
    'alerts.title': 'Alertes de connexion',
    'alerts.lead': 'Nous vous écrivons quand votre identité est utilisée d’une façon inhabituelle.',
    'alerts.manage': 'Choisir ce que reçoit chaque adresse',
  },
  en: {
    'alerts.title': 'Sign-in alerts',
    'alerts.lead': 'We write to you when your identity is used in an unusual way.',
    'alerts.manage': 'Choose what each address gets',
  },
  ar: {
    'alerts.title': 'تنبيهات الدخول',
    'alerts.lead': 'نكتب إليك عندما تُستعمل هويتك بطريقة غير معتادة.',
    'alerts.manage': 'اختيار ما يتلقاه كل عنوان',
  },
}
