/** The dashboard's page. */
import '../styles/tokens.css';
import '../styles/page.css';
import '../styles/parts.css';
import '../styles/charts.css';
import '../styles/runs.css';
import '../styles/run.css';
import '../styles/reading.css';
import '../styles/work.css';
import { render } from 'preact';
import { followAppearance } from '../page/appearance.ts';
import { connect } from './api/live.ts';
import { Shell } from './page/shell.tsx';

followAppearance();
connect();
render(<Shell />, document.getElementById('page') as HTMLElement);
