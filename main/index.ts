import { runDesktop } from './desktop/app.ts';

runDesktop();
