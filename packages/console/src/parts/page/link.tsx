import { ActionIcon, type ActionIconProps, Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type Props = Omit<ComponentPropsWithRef<'a'>, keyof AnchorProps> & AnchorProps;

const Plain = (props: Props) => <Anchor {...props} />;

/** A link within the console, whose address and parameters are checked by the types. */
export const TextLink = createLink(Plain);

type IconProps = Omit<ComponentPropsWithRef<'a'>, keyof ActionIconProps> & ActionIconProps;

const PlainIcon = (props: IconProps) => <ActionIcon component="a" {...props} />;

/** The same as a sign alone, which needs a label. */
export const IconLink = createLink(PlainIcon);
