import base from './base.css?inline';
import files from './files.css?inline';
import forms from './forms.css?inline';
import join from './join.css?inline';
import log from './log.css?inline';
import media from './media.css?inline';
import panel from './panel.css?inline';
import survey from './survey.css?inline';
import wait from './wait.css?inline';

/** The whole look of the widget; what is said last (small screens, less motion) wins. */
export const styles = [base, panel, wait, join, log, files, survey, forms, media].join('');
