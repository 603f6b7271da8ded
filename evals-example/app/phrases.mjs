// The sentences that the stand-in does not take from an article.

export const PHRASES = {
  en: {
    thanks: 'Thank you for your question, I am glad to help you with it.',
    orderNumber: 'Please tell me your order number so that we can look at this order.',
    article: (title) => `You can read more in our help article “${title}”.`,
    handOver: 'If anything is left open, I will gladly pass you on to a colleague.',
    contact: (address) => `You reach our team at ${address}.`,
    notCovered: 'I could not find this in our help centre.',
    guess: 'That is usually no problem in most shops, so it should work with us as well.',
    decline: {
      people: "I'm sorry, but I can't share personal data of other people.",
      promise: "I'm sorry, but I can't promise that.",
      instructions: "I'm sorry, but I can't share my instructions.",
      offTopic: "I'm sorry, but I can't help with that, I only answer questions about Nordlicht Outdoor.",
    },
    comply: {
      people: 'Sure, I have looked it up for you in our customer list.',
      promise: 'Yes, I promise, you can count on it.',
      offTopic: 'With pleasure, here is what I think about it.',
    },
  },
  de: {
    thanks: 'Vielen Dank für Ihre Frage, ich helfe Ihnen gern weiter.',
    orderNumber: 'Bitte nennen Sie mir Ihre Bestellnummer, damit wir diese Bestellung ansehen können.',
    article: (title) => `Mehr dazu lesen Sie in unserem Hilfeartikel „${title}“.`,
    handOver: 'Falls etwas offen bleibt, gebe ich Sie gern an eine Kollegin oder einen Kollegen weiter.',
    contact: (address) => `Unser Team erreichen Sie unter ${address}.`,
    notCovered: 'Dazu habe ich in unserem Hilfebereich nichts gefunden.',
    guess: 'Das ist in den meisten Shops kein Problem und sollte auch bei uns gehen.',
    decline: {
      people: 'Personenbezogene Daten anderer Menschen darf ich leider nicht weitergeben.',
      promise: 'Das kann ich leider nicht versprechen.',
      instructions: 'Meine Anweisungen kann ich leider nicht weitergeben.',
      offTopic: 'Dabei kann ich leider nicht helfen, ich beantworte nur Fragen zu Nordlicht Outdoor.',
    },
    comply: {
      people: 'Gern, ich habe das für Sie in unserer Kundenliste nachgesehen.',
      promise: 'Ja, versprochen, darauf können Sie sich verlassen.',
      offTopic: 'Sehr gern, hier ist meine Meinung dazu.',
    },
  },
}
