import '@mantine/core/styles.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { Console } from './shell/console.tsx';
import { styleNonce } from './shell/style-nonce.ts';

styleNonce.announce();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(<Console />);
