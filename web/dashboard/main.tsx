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

/** The list of all runs, which an entry's view does not show, is fetched when that view is likely to stand. */
const AFTER_THE_VIEW_MS = 500;

followAppearance();
const showsEntry = window.location.pathname.startsWith(ENTRY_ROUTE);
if (showsEntry) askEarly(shownId(ENTRY_ROUTE), new URLSearchParams(window.location.search).get('definition'));
connect(showsEntry ? AFTER_THE_VIEW_MS : 0);
render(<Shell />, document.getElementById('page') as HTMLElement);
