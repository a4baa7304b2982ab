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
import { ENTRY_ROUTE, shownId } from '../page/address.ts';
import { followAppearance } from '../page/appearance.ts';
import { askEarly } from './api/client.ts';
import { connect } from './api/live.ts';
import { Shell } from './page/shell.tsx';

followAppearance();
if (window.location.pathname.startsWith(ENTRY_ROUTE)) askEarly(shownId(ENTRY_ROUTE));
connect();
render(<Shell />, document.getElementById('page') as HTMLElement);
