// Versions that fig writes into the world.

/**
 * The release of Docker Compose whose behaviour fig follows: the label com.docker.compose.version. Tools read that label as "which Compose",
 * so fig's own number would tell them of a Compose years older than any that exists. Nothing in fig reads it back.
 */
export const composeVersion = '5.5.1';
