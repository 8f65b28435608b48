import settings from '../../console/settings/en.json';

/** The words of the settings, which are more than those of any other page. */
export default settings;
