/** The words the sample shop is written in. Both kinds of shop draw from them. */

export const givenNames = [
  ...['Ada', 'Aisha', 'Anna', 'Ben', 'Carla', 'Chiara', 'David', 'Elif', 'Emma', 'Farid', 'Fatima', 'Felix'],
  ...['Greta', 'Hanna', 'Hugo', 'Ines', 'Ivan', 'Jakob', 'Jana', 'Jonas', 'Karim', 'Klara', 'Lena', 'Leo'],
  ...['Lucia', 'Maja', 'Marek', 'Marta', 'Mia', 'Milan', 'Nadia', 'Nils', 'Noah', 'Olga', 'Omar', 'Paula'],
  ...['Pierre', 'Rosa', 'Samir', 'Sofia', 'Stefan', 'Tariq', 'Tilda', 'Tom', 'Vera', 'Victor', 'Yara', 'Zoe'],
];

export const familyNames = [
  ...['Abadi', 'Andersen', 'Bauer', 'Becker', 'Bernard', 'Bianchi', 'Brandt', 'Costa', 'Dubois', 'Demir'],
  ...[
    'Eriksen',
    'Fischer',
    'Fontana',
    'Garcia',
    'Gruber',
    'Haddad',
    'Hansen',
    'Hoffmann',
    'Horvat',
    'Ivanova',
  ],
  ...['Jansen', 'Jensen', 'Kaya', 'Keller', 'Kowalska', 'Kruger', 'Laurent', 'Lehmann', 'Lopez', 'Martin'],
  ...['Meyer', 'Moreau', 'Moretti', 'Nguyen', 'Novak', 'Olsen', 'Peeters', 'Petrov', 'Richter', 'Rossi'],
  ...['Santos', 'Schmidt', 'Silva', 'Svensson', 'Tanaka', 'Vogel', 'Wagner', 'Weber', 'Yilmaz', 'Zimmer'],
];

export const streets = [
  ...['Am Hang', 'Bahnhofstrasse', 'Bergweg', 'Calle Mayor', 'Chestnut Row', 'Gartenweg', 'Hafenstrasse'],
  ...[
    'Harbour Lane',
    'High Street',
    'Kirchgasse',
    'Lindenallee',
    'Mill Road',
    'Rue de la Gare',
    'Rue des Lilas',
  ],
  ...['Seestrasse', 'Station Road', 'Via Garibaldi', 'Via Roma', 'Waldweg', 'Wiesengrund'],
];

export const cities = [
  ...[
    'Amsterdam',
    'Antwerp',
    'Basel',
    'Bologna',
    'Bordeaux',
    'Bremen',
    'Brno',
    'Copenhagen',
    'Cork',
    'Ghent',
  ],
  ...['Graz', 'Hamburg', 'Leipzig', 'Lisbon', 'Ljubljana', 'Lyon', 'Malmo', 'Montreal', 'Porto', 'Riga'],
  ...[
    'Rotterdam',
    'Tartu',
    'Toronto',
    'Turin',
    'Uppsala',
    'Valencia',
    'Vienna',
    'Vilnius',
    'Wroclaw',
    'Zurich',
  ],
];

export const countries = ['AT', 'BE', 'CA', 'CH', 'DE', 'ES', 'FR', 'IT', 'NL', 'PL', 'PT', 'SE'];

export const qualities = [
  ...['Compact', 'Everyday', 'Foldable', 'Hand-made', 'Large', 'Light', 'Quiet', 'Refillable', 'Repairable'],
  ...['Robust', 'Simple', 'Small', 'Soft', 'Stackable', 'Sturdy', 'Warm', 'Waterproof', 'Woven'],
];

export const materials = [
  ...[
    'aluminium',
    'ash',
    'bamboo',
    'beech',
    'brass',
    'canvas',
    'ceramic',
    'cork',
    'cotton',
    'enamel',
    'felt',
  ],
  ...['glass', 'leather', 'linen', 'oak', 'paper', 'steel', 'stone', 'walnut', 'wool'],
];

export const things = [
  ...['apron', 'armchair', 'backpack', 'basket', 'bench', 'blanket', 'bookshelf', 'bowl', 'bottle', 'box'],
  ...[
    'bread bin',
    'candle holder',
    'chair',
    'chopping board',
    'clock',
    'coat rack',
    'cup',
    'curtain',
    'desk',
  ],
  ...['frame', 'jug', 'kettle', 'lamp', 'mirror', 'notebook', 'pan', 'pillow', 'planter', 'plate', 'pot'],
  ...['rug', 'scarf', 'shelf', 'stool', 'table', 'teapot', 'towel', 'tray', 'trunk', 'vase'],
];

export const categories: readonly {
  readonly slug: string;
  readonly title: string;
  readonly parent?: string;
}[] = [
  { slug: 'home', title: 'Home' },
  { slug: 'living-room', title: 'Living room', parent: 'home' },
  { slug: 'bedroom', title: 'Bedroom', parent: 'home' },
  { slug: 'bathroom', title: 'Bathroom', parent: 'home' },
  { slug: 'lighting', title: 'Lighting', parent: 'home' },
  { slug: 'kitchen', title: 'Kitchen' },
  { slug: 'cooking', title: 'Cooking', parent: 'kitchen' },
  { slug: 'tableware', title: 'Tableware', parent: 'kitchen' },
  { slug: 'storage', title: 'Storage', parent: 'kitchen' },
  { slug: 'office', title: 'Office' },
  { slug: 'writing', title: 'Writing', parent: 'office' },
  { slug: 'shelving', title: 'Shelving', parent: 'office' },
  { slug: 'outdoors', title: 'Outdoors' },
  { slug: 'garden', title: 'Garden', parent: 'outdoors' },
  { slug: 'travel', title: 'Travel', parent: 'outdoors' },
  { slug: 'gifts', title: 'Gifts' },
];

export const opinions = [
  'Arrived two days early and well packed.',
  'Exactly as in the picture.',
  'The colour is a little darker than I had expected.',
  'We use it every day.',
  'A bit heavier than I thought, but solid.',
  'My second one, the first was a present.',
  'The corner was scratched; a new one came within a week.',
  'Would buy it again.',
  'Not cheap, but it will last.',
  'Easy to clean.',
  'The instructions could be clearer.',
  'Smaller than expected, please read the measurements.',
  'My children love it.',
  'Smells of fresh wood for the first days.',
  'Good value.',
  'Fits perfectly into the corner beside the window.',
];

export const warehouses = [
  { id: 1, city: 'Leipzig', country: 'DE' },
  { id: 2, city: 'Lyon', country: 'FR' },
  { id: 3, city: 'Montreal', country: 'CA' },
] as const;
