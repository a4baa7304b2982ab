/** The playground: the microscope in the browser alone. */
import '../styles/tokens.css';
import '../styles/page.css';
import '../styles/parts.css';
import '../styles/charts.css';
import '../styles/run.css';
import '../styles/work.css';
import './styles/playground.css';
import { render } from 'preact';
import { followAppearance } from '../page/appearance.ts';
import { PlaygroundPage } from './views/playground-page.tsx';

followAppearance();
render(<PlaygroundPage />, document.getElementById('page') as HTMLElement);
