import base from './base.css?inline';
import forms from './forms.css?inline';
import log from './log.css?inline';
import media from './media.css?inline';
import panel from './panel.css?inline';

/** The whole look of the widget; what is said last (small screens, less motion) wins. */
export const styles = [base, panel, log, forms, media].join('');
