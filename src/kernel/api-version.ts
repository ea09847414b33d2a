/** The level of FusionAuth's API that is spoken here: clients choose by it what they may send. */
export const apiVersion = '1.69.0';
